"""The node types of each grammar that repairs look at."""

from dataclasses import dataclass

from atoms.domain.model import Language


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """Names of node types by what they mean; ``negated`` wraps a condition."""

    binary: frozenset[str]
    assignment: frozenset[str]
    negation: frozenset[str]
    numbers: frozenset[str]
    arguments: frozenset[str]
    conditional: frozenset[str]
    statements: frozenset[str]
    countable: frozenset[str]
    bounds: frozenset[str]  # parents whose later children are indexes or bounds
    functions: frozenset[str]
    binders: dict[str, str]  # node type -> field whose identifiers it binds
    negated: str


_PYTHON = Syntax(
    binary=_words("binary_operator comparison_operator boolean_operator"),
    assignment=_words("augmented_assignment"),
    negation=_words("not_operator"),
    numbers=_words("integer float"),
    arguments=_words("argument_list"),
    conditional=_words("if_statement elif_clause while_statement"),
    statements=_words("elif_clause else_clause except_clause function_definition decorated_definition"),
    countable=_words("identifier call attribute subscript binary_operator"),
    bounds=_words("subscript slice comparison_operator"),
    functions=_words("function_definition lambda"),
    binders={
        "function_definition": "parameters", "lambda": "parameters", "assignment": "left", "for_statement": "left",
        "for_in_clause": "left", "named_expression": "name", "as_pattern": "alias", "augmented_assignment": "left",
    },
    negated="not ({})",
)  # fmt: skip
_SCRIPT = Syntax(
    binary=_words("binary_expression"),
    assignment=_words("augmented_assignment_expression"),
    negation=_words("unary_expression"),
    numbers=_words("number"),
    arguments=_words("arguments"),
    conditional=_words("if_statement while_statement ternary_expression"),
    statements=_words("lexical_declaration variable_declaration method_definition function_declaration else_clause"),
    countable=_words("identifier call_expression member_expression subscript_expression binary_expression"),
    bounds=_words("subscript_expression binary_expression"),
    functions=_words("function_declaration function_expression arrow_function method_definition generator_function"),
    binders={
        "function_declaration": "parameters", "function_expression": "parameters", "method_definition": "parameters",
        "arrow_function": "parameters", "variable_declarator": "name", "for_in_statement": "left",
        "catch_clause": "parameter",
    },
    negated="(!({}))",
)  # fmt: skip


def syntax_of(language: Language) -> Syntax:
    """The node types of a language."""
    return _PYTHON if language is Language.PYTHON else _SCRIPT
