"""LaTeX to presentation MathML, on the server and without scripts."""

import html
import xml.etree.ElementTree as ET
from typing import Final

from latex2mathml import converter, exceptions

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
