"""Names that every file of a language may use without binding them."""

import builtins
from pathlib import Path
from typing import Final

from atoms.domain.model import Language
from atoms.domain.words import words

_PYTHON: Final = frozenset(dir(builtins)) | words(
    "__name__ __file__ __doc__ __path__ __package__ __spec__ __loader__ __qualname__ __module__ __class__ __builtins__ "
    "__annotations__ __dict__ WindowsError reveal_type"
)
_SCRIPT: Final = words(
    # ECMAScript
    "undefined NaN Infinity globalThis eval isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI "
    "encodeURIComponent escape unescape Object Function Boolean Symbol Error AggregateError EvalError RangeError "
    "ReferenceError SyntaxError TypeError URIError Number BigInt Math Date String RegExp Array Int8Array Uint8Array "
    "Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float32Array "
    "Float64Array Map Set WeakMap WeakSet WeakRef ArrayBuffer SharedArrayBuffer Atomics DataView JSON Promise Reflect "
    "Proxy Intl FinalizationRegistry Iterator arguments this super "
    # hosts
    "console setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask "
    "structuredClone fetch URL URLSearchParams TextEncoder TextDecoder AbortController AbortSignal Event EventTarget "
    "Blob File FormData Headers Request Response ReadableStream WritableStream TransformStream WebSocket performance "
    "DOMException RegExpExecArray RegExpMatchArray ArrayIterator MapIterator SetIterator WebAssembly BodyInit "
    "crypto atob btoa window document self navigator location history localStorage sessionStorage Node Element "
    "HTMLElement HTMLInputElement HTMLDivElement HTMLCanvasElement CustomEvent MutationObserver ResizeObserver "
    "IntersectionObserver requestAnimationFrame cancelAnimationFrame XMLHttpRequest Image Worker MessageChannel "
    "require module exports process Buffer global __dirname __filename define describe it test expect beforeEach "
    "afterEach beforeAll afterAll jest vi "
    # TypeScript's library of types
    "Partial Required Readonly Record Pick Omit Exclude Extract NonNullable Parameters ConstructorParameters "
    "ReturnType InstanceType ThisType Awaited Uppercase Lowercase Capitalize Uncapitalize NoInfer ReadonlyArray "
    "ReadonlyMap ReadonlySet PromiseLike ArrayLike Iterable AsyncIterable AsyncIterator Generator AsyncGenerator "
    "IterableIterator AsyncIterableIterator PropertyKey PropertyDescriptor TemplateStringsArray NodeJS JSX React "
    "AsyncGeneratorFunction asserts const infer globalThis bigint "
    "addEventListener removeEventListener dispatchEvent postMessage importScripts"
)
# What TypeScript declares for all files in its lib.*.d.ts: types, and the values that begin with a capital. The others
# ("name", "status", "open") more often are names that a file forgot to bind.
_DECLARED: Final = words(Path(__file__).with_name("script_globals.txt").read_text(encoding="ascii"))
_ALL_SCRIPT: Final = _SCRIPT | _DECLARED


def builtin_names(language: Language) -> frozenset[str]:
    """Return the names that resolve to the language itself or its usual hosts."""
    return _PYTHON if language is Language.PYTHON else _ALL_SCRIPT
