"""Templates: their kind told by the name, nothing inline, every word through gettext."""

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

import pytest
from jinja2 import nodes

from tests.rules import reading
from tests.rules.tree import TEMPLATES, files
from tools.words import has_chinese

# Layouts and components are neither pages nor pieces; notices and PDFs never reach a page.
NO_KIND = {"layouts", "components", "notices", "pdf"}
HANDLER = re.compile(r"on[a-z]+")
HANDLER_ARGUMENT = re.compile(r"style|on(click|change|input|submit|load|error|key\w+|mouse\w+)")
SCRIPTED = re.compile(r"\s*(js|javascript):", re.IGNORECASE)


def kind(name: str) -> str:
    """What a template is by its name under templates/: page, piece, answer, or none of them."""
    path = PurePosixPath(name)
    if path.suffix != ".html" or path.parts[0] in NO_KIND:
        return "other"
    if path.name.endswith(".swap.html"):
        return "answer"
    return "piece" if path.name.startswith("_") else "page"


def complaints(name: str, source: str) -> list[str]:
    """What is wrong with a template, a line each."""
    tree = reading.parse(source)
    of_kind = {"page": page, "piece": piece, "answer": answer, "other": lambda _: ()}[kind(name)]
    return [*of_kind(tree), *inline(source), *arguments(tree), *untranslated(tree)]


def page(tree: nodes.Template) -> Iterator[str]:
    extended = [node.template for node in tree.find_all(nodes.Extends)]
    if not any(isinstance(one, nodes.Const) and str(one.value).startswith("layouts/") for one in extended):
        yield "a page extends a layout"


def piece(tree: nodes.Template) -> Iterator[str]:
    if tree.find(nodes.Extends):
        yield "a piece extends nothing"
    yield from one_root(tree.body)


def one_root(body: Sequence[nodes.Node]) -> Iterator[str]:
    """A piece, or each branch of it when it is one condition, is a single element that can be found again."""
    speaking = [node for node in body if not reading.is_quiet(node)]
    if len(speaking) == 1 and isinstance(speaking[0], nodes.If) and speaking[0].else_:
        choice = speaking[0]
        for branch in (choice.body, *(more.body for more in choice.elif_), choice.else_):
            yield from one_root(branch)
        return
    roots, outside = reading.roots(reading.rendered(body))
    if len(roots) != 1 or outside:
        yield "a piece has exactly one root element"
    elif not dict(roots[0]).get("id"):
        yield "a piece's root has an id"
    if len(speaking) == 1 and isinstance(speaking[0], nodes.If):
        yield "a piece is never empty"


def answer(tree: nodes.Template) -> Iterator[str]:
    """Only includes of pieces, perhaps under a condition, in a loop or with names set for them."""
    for node in _speaking(tree.body):
        included = node.template if isinstance(node, nodes.Include) else None
        if not isinstance(included, nodes.Const) or not PurePosixPath(str(included.value)).name.startswith("_"):
            yield "an answer is made of includes of pieces"


def _speaking(body: Sequence[nodes.Node]) -> Iterator[nodes.Node]:
    for node in body:
        if isinstance(node, nodes.If):
            yield from _speaking([*node.body, *node.elif_, *node.else_])
        elif isinstance(node, nodes.For | nodes.With | nodes.Scope):
            yield from _speaking(node.body)
        elif not reading.is_quiet(node):
            yield node


def inline(source: str) -> Iterator[str]:
    """Scripts and styles that the content policy refuses, and what htmx would have to evaluate."""
    for tag, attributes in reading.tags(reading.everything(source)):
        names = {name.removeprefix("data-"): value or "" for name, value in attributes}
        if tag == "style" or (tag == "script" and not names.get("src")):
            yield f"<{tag}> stands in a file of its own"
        if "style" in names:
            yield "no style attribute"
        if any(HANDLER.fullmatch(name) or name.startswith("hx-on") for name in names):
            yield "no inline handler"
        if any(SCRIPTED.match(value) for value in names.values()):
            yield "no script in an attribute"
        if "[" in names.get("hx-trigger", ""):
            yield "no filter on a trigger"


def arguments(tree: nodes.Template) -> Iterator[str]:
    """The same through a call, ``field(style=...)`` or ``**{"onclick": ...}``; and the ways around escaping."""
    keys = [word.key for word in tree.find_all(nodes.Keyword)]
    keys += [str(pair.key.value) for pair in tree.find_all(nodes.Pair) if isinstance(pair.key, nodes.Const)]
    if any(HANDLER_ARGUMENT.fullmatch(key) for key in keys):
        yield "no style or handler through a call"
    if any(one.name == "safe" for one in tree.find_all(nodes.Filter)) or tree.find(nodes.ScopedEvalContextModifier):
        yield "everything is escaped"


def untranslated(tree: nodes.Template) -> Iterator[str]:
    """Chinese text that an English reader would see: in the markup, or a text that does not go through gettext."""
    calls = [call for call in tree.find_all(nodes.Call) if getattr(call.node, "name", "") in reading.GETTEXT]
    through = {id(argument) for call in calls for argument in call.args}
    texts = [node.data for node in tree.find_all(nodes.TemplateData)]
    texts += [
        node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str) and id(node) not in through
    ]
    yield from (f"not through gettext: {' '.join(text.split())[:40]}" for text in texts if has_chinese(text))


def sources() -> dict[str, str]:
    """Every template by its name under templates/."""
    found = [path for path in files() if path.is_relative_to(TEMPLATES) and path.suffix in (".html", ".txt")]
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text("utf-8") for path in found}


def test_every_template_keeps_the_rules():
    found = {name: complaints(name, source) for name, source in sources().items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


GOOD = {
    "owner/repairs/show.html": '{% extends "layouts/owner.html" %}{% block main %}{{ _("报修") }}{% endblock %}',
    "shared/repairs/_progress.html": """{#- 进度 -#}{% from "components/icon.html" import icon %}
        {% macro step(words) %}<li>{{ words }}</li>{% endmacro %}{% set label %}<b>{{ _("已完成") }}</b>{% endset %}
        <section id="ticket-{{ ticket.number }}-progress"{% if live %} data-topic="{{ topic }}"{% endif %}>
        {% for one in steps %}{{ step(one) }}<br>{% else %}<img src="{{ empty }}" alt="">{% endfor %}
        <p>{% trans n=count %}一张照片{% pluralize %}{{ n }} 张照片{% endtrans %}<p>{{ label }}
        <svg><path d="M0 0"/></svg></section>""",
    "owner/repairs/_rating.html": """{% if rated %}<p id="rating">{{ stars }}</p>
        {% elif open %}<form id="rating"></form>{% else %}<p id="rating" hidden></p>{% endif %}""",
    "owner/repairs/confirmed.swap.html": """{% with ticket = ticket %}{% include "shared/repairs/_progress.html" %}
        {% if rated %}{% include "owner/repairs/_rating.html" %}{% endif %}{% endwith %}""",
    "layouts/owner.html": '<script src="{{ asset("anju.js") }}" defer></script><button lang="zh">中文</button>',
}
BAD = [
    ("owner/home.html", "<h1>Home</h1>", "a page extends a layout"),
    ("owner/home.html", '{% extends "owner/base.html" %}', "a page extends a layout"),
    ("owner/_a.html", '{% extends "layouts/owner.html" %}', "a piece extends nothing"),
    ("owner/_a.html", '<p id="a"></p><p id="b"></p>', "a piece has exactly one root element"),
    ("owner/_a.html", '<p id="a"></p> and', "a piece has exactly one root element"),
    ("owner/_a.html", "{{ card(ticket) }}", "a piece has exactly one root element"),
    ("owner/_a.html", '{% include "owner/_b.html" %}', "a piece has exactly one root element"),
    ("owner/_a.html", "<p><b id='b'></b></p>", "a piece's root has an id"),
    ("owner/_a.html", '{% if a %}<p id="a"></p>{% else %}<p></p>{% endif %}', "a piece's root has an id"),
    ("owner/_a.html", '{% if a %}<p id="a"></p>{% endif %}', "a piece is never empty"),
    ("owner/a.swap.html", '<p id="a"></p>', "an answer is made of includes of pieces"),
    ("owner/a.swap.html", '{% include "owner/show.html" %}', "an answer is made of includes of pieces"),
    ("owner/a.swap.html", "{% include name %}", "an answer is made of includes of pieces"),
    ("owner/a.swap.html", "{% if a %}{{ b }}{% endif %}", "an answer is made of includes of pieces"),
    ("components/a.html", "<b onclick='go()'></b>", "no inline handler"),
    ("components/a.html", "{% macro m() %}<b onclick='go()'></b>{% endmacro %}", "no inline handler"),
    ("components/a.html", "<b {% if a %}OnLoad=go(){% endif %}></b>", "no inline handler"),
    ("components/a.html", '<b hx-on:click="go()"></b>', "no inline handler"),
    ("components/a.html", '<b data-hx-on:click="go()"></b>', "no inline handler"),
    ("components/a.html", '<b style="width: {{ n }}%"></b>', "no style attribute"),
    ("components/a.html", "<style>b {}</style>", "<style> stands in a file of its own"),
    ("components/a.html", "<script>go()</script>", "<script> stands in a file of its own"),
    ("components/a.html", "<b hx-vals='js:{a: 1}'></b>", "no script in an attribute"),
    ("components/a.html", '<a href=" javascript:go()">a</a>', "no script in an attribute"),
    ("components/a.html", "<b hx-trigger='click[ctrlKey]'></b>", "no filter on a trigger"),
    ("components/a.html", '{{ field(style="a") }}', "no style or handler through a call"),
    ("components/a.html", '{{ field(**{"onclick": "go()"}) }}', "no style or handler through a call"),
    ("components/a.html", "{{ text|safe }}", "everything is escaped"),
    ("components/a.html", "{% autoescape false %}{{ text }}{% endautoescape %}", "everything is escaped"),
    ("components/a.html", "<p>报修</p>", "not through gettext: <p>报修</p>"),
    ("components/a.html", '<p title="报修"></p>', 'not through gettext: <p title="报修"></p>'),
    ("components/a.html", '{{ card(title="报修") }}', "not through gettext: 报修"),
    ("components/a.html", '{{ _("报" ~ "修") }}', "not through gettext: 报"),
    ("components/a.html", "{{ name }}：", "not through gettext: ："),
    ("notices/a.txt", "报修", "not through gettext: 报修"),
]


@pytest.mark.parametrize("name", GOOD)
def test_a_good_template_has_no_complaints(name):
    assert complaints(name, GOOD[name]) == []


@pytest.mark.parametrize(("name", "source", "complaint"), BAD)
def test_a_bad_template_is_told(name, source, complaint):
    assert complaint in complaints(name, source)


def test_kinds_are_told_by_name():
    names = ["owner/repairs/show.html", "shared/_a.html", "a/b.swap.html", "layouts/_foot.html", "notices/a.txt"]
    assert [kind(name) for name in names] == ["page", "piece", "answer", "other", "other"]
