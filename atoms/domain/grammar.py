"""What the nodes of each grammar mean to the cutter: roles by node type, and what is counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Final

import tree_sitter

from atoms.domain.model import Language
from atoms.domain.parser import GRAMMARS


class Role(IntEnum):
    """How the cutter treats a node that does not fit into one atom."""

    EXPRESSION = 0  # cut between its children only for want of a better joint
    LEAF = 1  # never cut inside
    COMMENT = 2  # belongs to what follows
    CLOSER = 3  # belongs to what stands before
    BODY = 4  # a sequence of statements or members
    ELEMENTS = 5  # a bracketed sequence of elements
    COMPOUND = 6  # a statement with a head and bodies
    CONTINUED = 7  # a part of a compound that cannot stand without its head: else, except, case
    FUNCTION = 8
    CLASS = 9
    WRAPPER = 10  # decorated definition, export
    BINDING = 11  # a statement that may bind a function or a class to a name
    DECORATOR = 12
    BROKEN = 13  # ERROR
    UNION = 15  # nested pairs that are read as one sequence
    CONDITION = 14  # an expression that is cut for its size only, never for its decisions
    ARGUMENTS = 17  # a bracketed sequence that is never empty
    MEMBER = 16  # of an object or a type, after a name that no bracket can stand for; may bind a function


_PYTHON_ROLES: Final[dict[Role, str]] = {
    Role.LEAF: "string identifier integer float escape_sequence line_continuation",
    Role.COMMENT: "comment",
    Role.CLOSER: ") ] } , ;",
    Role.BODY: "module block",
    Role.ELEMENTS: "dictionary list set tuple argument_list parameters lambda_parameters "
    "list_comprehension set_comprehension dictionary_comprehension generator_expression concatenated_string "
    "import_from_statement",
    Role.COMPOUND: "if_statement for_statement while_statement try_statement with_statement match_statement",
    Role.CONTINUED: "elif_clause else_clause except_clause except_group_clause finally_clause case_clause",
    Role.FUNCTION: "function_definition",
    Role.CLASS: "class_definition",
    Role.WRAPPER: "decorated_definition",
    Role.DECORATOR: "decorator",
    Role.CONDITION: "parenthesized_expression boolean_operator not_operator comparison_operator conditional_expression",
}
_SCRIPT_ROLES: Final[dict[Role, str]] = {
    Role.LEAF: "string template_string regex jsx_text identifier property_identifier number html_comment "
    "hash_bang_line",
    Role.COMMENT: "comment",
    Role.CLOSER: ") ] } , ; > />",
    Role.BODY: "program statement_block class_body switch_body interface_body object_type enum_body class_static_block",
    Role.ELEMENTS: "object array arguments object_pattern array_pattern named_imports "
    "export_clause jsx_element jsx_fragment jsx_opening_element jsx_self_closing_element",
    Role.ARGUMENTS: "type_arguments type_parameters",
    Role.UNION: "union_type intersection_type",
    Role.COMPOUND: "if_statement for_statement for_in_statement while_statement do_statement try_statement "
    "switch_statement with_statement labeled_statement",
    Role.CONTINUED: "else_clause catch_clause finally_clause switch_case switch_default jsx_closing_element",
    Role.FUNCTION: "function_declaration generator_function_declaration method_definition",
    Role.CLASS: "class_declaration abstract_class_declaration interface_declaration enum_declaration",
    Role.WRAPPER: "export_statement ambient_declaration",
    Role.BINDING: "lexical_declaration variable_declaration expression_statement public_field_definition "
    "field_definition",
    Role.MEMBER: "pair shorthand_property_identifier property_signature",
    Role.DECORATOR: "decorator",
    Role.CONDITION: "parenthesized_expression binary_expression ternary_expression unary_expression",
}

# A decision counts on the row of its word or sign. Whole nodes and tokens only: a pattern that waits for a later child
# makes deeply nested expressions quadratic.
_PYTHON_QUERY: Final = """
(comment) @comment
["if" "elif" (for_statement) "while" (except_clause) (case_clause) "and" "or"] @decision
(function_definition "def" @definition) (class_definition "class" @definition)
(module . (comment)* . (expression_statement . [(string) (concatenated_string)] @docstring .))
(class_definition body: (block . (comment)* . (expression_statement . [(string) (concatenated_string)] @docstring .)))
(function_definition
 body: (block . (comment)* . (expression_statement . [(string) (concatenated_string)] @docstring .)))
"""
_SCRIPT_QUERY: Final = """
(comment) @comment
["if" "for" "while" "catch" "case" "&&" "||"] @decision
(ternary_expression) @ternary
(function_declaration "function" @definition) (generator_function_declaration "function" @definition)
(method_definition name: _ @definition) (class_declaration "class" @definition)
(variable_declarator value: [(arrow_function) (function_expression) (class)] @definition)
(assignment_expression right: [(arrow_function) (function_expression) (class)] @definition)
(pair value: [(arrow_function) (function_expression) (class)] @definition)
"""
_TYPED_QUERY: Final = """
(abstract_class_declaration "class" @definition)
(public_field_definition value: [(arrow_function) (function_expression)] @definition)
(interface_declaration "interface" @definition) (enum_declaration "enum" @definition)
"""
_UNTYPED_QUERY: Final = """
(field_definition value: [(arrow_function) (function_expression)] @definition)
"""


_DECISIVE: Final = ("if", "for", "while", "case", "catch")
_CASES: Final = ("switch_case", "switch_default", "case_clause")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """One language as the cutter sees it. ``roles`` is indexed by tree-sitter's ``kind_id``."""

    language: Language
    roles: tuple[Role, ...]
    query: tree_sitter.Query
    tries: int  # kind_id of a try statement
    cases: frozenset[int]  # kind_ids of the branches of a switch
    indented: bool  # blocks are shown by indentation (Python), not by brackets
    typed: bool  # TypeScript
    tagged: bool  # JSX
    decisive: frozenset[int]  # kind_ids of the words that decide


@cache
def grammar_of(language: Language) -> Grammar:
    """Return the tables of a language; built once."""
    parser_language = GRAMMARS[language]
    if language is Language.PYTHON:
        table, query = _PYTHON_ROLES, _PYTHON_QUERY
    else:
        table = _SCRIPT_ROLES
        query = _SCRIPT_QUERY + (_UNTYPED_QUERY if language is Language.JAVASCRIPT else _TYPED_QUERY)
    return Grammar(
        language=language,
        roles=_roles(parser_language, table.items()),
        query=tree_sitter.Query(parser_language, query),
        cases=frozenset(parser_language.id_for_node_kind(kind, True) or 0 for kind in _CASES),
        tries=parser_language.id_for_node_kind("try_statement", True) or 0,
        indented=language is Language.PYTHON,
        typed=language in (Language.TYPESCRIPT, Language.TSX),
        tagged=language in (Language.JAVASCRIPT, Language.TSX),
        decisive=frozenset(parser_language.id_for_node_kind(word, False) or 0 for word in _DECISIVE),
    )


_ERROR_KIND: Final = 0xFFFF  # kind_id of ERROR nodes, beyond those of every grammar


def _roles(language: tree_sitter.Language, table: Iterable[tuple[Role, str]]) -> tuple[Role, ...]:
    by_type = {kind: role for role, kinds in table for kind in kinds.split()}
    by_type["ERROR"] = Role.BROKEN
    kinds = (language.node_kind_for_id(i) or "" for i in range(language.node_kind_count))
    found = [by_type.get(kind, Role.EXPRESSION) for kind in kinds]
    return (*found, *[Role.BROKEN] * (_ERROR_KIND + 1 - len(found)))
