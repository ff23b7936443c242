"""Read a template as Jinja's own parser does: markup is seen where markup stands, text where text stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from html.parser import HTMLParser

from jinja2 import Environment, nodes

VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
GETTEXT = frozenset("_ gettext ngettext pgettext npgettext lazy_gettext N_".split())
# What an expression or an include leaves in the flattened markup: harmless in a name, visible as text.
SPOT = "x"

Attributes = list[tuple[str, str | None]]


@cache
def parse(source: str) -> nodes.Template:
    """A template's syntax tree; raises TemplateSyntaxError."""
    # Only read, never rendered.
    environment = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"])  # noqa: S701
    environment.policies["ext.i18n.trimmed"] = True
    return environment.parse(source)


def everything(source: str) -> str:
    """All markup of a template in its order, macros and every branch included."""
    return "".join(node.data if isinstance(node, nodes.TemplateData) else SPOT for node in _leaves([parse(source)]))


def _leaves(found: Sequence[nodes.Node]) -> Iterator[nodes.Node]:
    for node in found:
        if isinstance(node, nodes.TemplateData | nodes.Expr | nodes.Include):
            yield node
        else:
            yield from _leaves(
                list(node.iter_child_nodes(exclude=("test", "iter", "target", "args", "defaults", "call")))
            )


def rendered(found: Sequence[nodes.Node]) -> str:
    """What nodes put out where they stand: no macros, no stored texts; all branches of an inner condition."""
    parts = []
    for node in found:
        match node:
            case nodes.Output():
                parts += [leaf.data if isinstance(leaf, nodes.TemplateData) else SPOT for leaf in node.nodes]
            case nodes.If():
                parts += [rendered(node.body), rendered(node.elif_), rendered(node.else_)]
            case nodes.For():
                parts += [rendered(node.body), rendered(node.else_)]
            case nodes.With() | nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier() | nodes.FilterBlock():
                parts.append(rendered(node.body))
            case nodes.Include() | nodes.CallBlock():
                parts.append(SPOT)
    return "".join(parts)


def is_quiet(node: nodes.Node) -> bool:
    """Whether a node puts out nothing: an import, a stored text, a macro, white space."""
    if isinstance(node, nodes.Output):
        return rendered([node]).strip() == ""
    return isinstance(
        node, nodes.Import | nodes.FromImport | nodes.Assign | nodes.AssignBlock | nodes.Macro | nodes.ExprStmt
    )


def tags(markup: str) -> Iterator[tuple[str, Attributes]]:
    """Every start tag with its attributes."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    yield from ((tag, attributes) for _, tag, attributes in reader.starts)


def roots(markup: str) -> tuple[list[Attributes], str]:
    """The attributes of each outermost element, and the text that stands outside them."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return [attributes for depth, _, attributes in reader.starts if depth == 0], reader.outside.strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.starts: list[tuple[int, str, Attributes]] = []
        self.open: list[str] = []
        self.outside = ""

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        self.starts.append((len(self.open), tag, attrs))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.starts.append((len(self.open), tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self.open:
            self.outside += data
