"""LaTeX to presentation MathML, on the server and without scripts."""

import html
import re
import xml.etree.ElementTree as ET
from typing import Final

from latex2mathml import converter, exceptions, symbols_parser

# The converter recurses per brace and its output is ten times its input.
MAX_FORMULA: Final = 2_000
MAX_DEPTH: Final = 40

_REFUSED: Final = (
    exceptions.DenominatorNotFoundError,
    exceptions.DoubleSubscriptsError,
    exceptions.DoubleSuperscriptsError,
    exceptions.ExtraLeftOrMissingRightError,
    exceptions.InvalidAlignmentError,
    exceptions.InvalidStyleForGenfracError,
    exceptions.InvalidWidthError,
    exceptions.LimitsMustFollowMathOperatorError,
    exceptions.MissingEndError,
    exceptions.MissingSuperScriptOrSubscriptError,
    exceptions.NoAvailableTokensError,
    exceptions.NumeratorNotFoundError,
    # What the converter lets through on input it did not foresee.
    ArithmeticError,
    AttributeError,
    AssertionError,
    LookupError,
    NotImplementedError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


def render_math(latex: str, *, display: bool) -> str:
    """Return MathML for ``latex``, or its source in ``<code class="math-error">``; never raises."""
    source = latex.strip()
    element = None if _too_large(source) else _convert(source, display=display)
    if element is None:
        return f'<code class="math-error">{html.escape(source)}</code>'
    element.set("alttext", source)
    # latex2mathml writes entities as text and unescapes the finished string, so that a `<` typed
    # in \text{} would become markup: unescape per node and let the serialiser escape instead.
    for node in element.iter():
        node.text = html.unescape(node.text) if node.text else node.text
        node.tail = html.unescape(node.tail) if node.tail else node.tail
    return ET.tostring(element, encoding="unicode", short_empty_elements=False)


def _too_large(source: str) -> bool:
    depth = deepest = 0
    for character in source:
        if character == "{":
            depth += 1
            deepest = max(deepest, depth)
        elif character == "}":
            depth -= 1
    commands = source.count("\\left") + source.count("\\begin") + source.count("\\frac")
    return not source or len(source) > MAX_FORMULA or max(deepest, commands) > MAX_DEPTH


def _convert(source: str, *, display: bool) -> ET.Element | None:
    try:
        element = converter.convert_to_element(source, display="block" if display else "inline")
    except _REFUSED:
        return None
    return element if isinstance(element, ET.Element) else None


def _fraction(match: re.Match[str]) -> str:
    above, below = (part if part.isalnum() else f"({part})" for part in match.groups())
    return f"{above}/{below}"


_READABLE: Final = (
    (re.compile(r"\\(?:text|mathrm|mathit|mathbf|operatorname)\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\\(?:bar|overline)\{(\w)\}"), "\\1\u0304"),
    (re.compile(r"\\(?:wide)?hat\{(\w)\}"), "\\1\u0302"),
    (re.compile(r"\\sqrt\{([^{}]*)\}"), r"√(\1)"),
    (re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}"), _fraction),
    (re.compile(r"\\(?:left|right|[,;:! ])"), " "),
)
_COMMAND: Final = re.compile(r"\\([A-Za-z]+)|\\([%&#_{}$])")


def readable_math(text: str) -> str:
    r"""Plain text with the LaTeX in it as characters: `\frac{a}{b} \cdot 2` as a/b · 2.

    For words whose dollar signs were taken away, such as passages for a person to compare. What
    has no character is named by its command.
    """
    if "\\" not in text:
        return text
    for pattern, by in _READABLE:
        text = pattern.sub(by, text)
    return _COMMAND.sub(_character, text).replace("{", "").replace("}", "")


def _character(match: re.Match[str]) -> str:
    if match[2]:
        return match[2]
    code = symbols_parser.convert_symbol(f"\\{match[1]}")
    return chr(int(code, 16)) if code else match[1]
