"""HTML that tries to run something, to fetch something or to cover something, in families.

Each of them names the canary: `http://CANARY/` for what is fetched, `canary()` for what runs. Made
here from their principles; the lists of such things that go round were not copied.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from typing import Final

CANARY: Final = "canary.example"
RUN: Final = "canary()"
_URL: Final = f"http://{CANARY}"

_HANDLERS: Final = [
    "onload",
    "onerror",
    "onclick",
    "onmouseover",
    "onfocus",
    "onblur",
    "onanimationstart",
    "ontransitionend",
    "ontoggle",
    "onpointerenter",
    "onwheel",
    "onbeforetoggle",
    "oncontentvisibilityautostatechange",
    "onscrollend",
]
_CARRIERS: Final = (
    "img src=x",
    "svg",
    "body",
    "video src=x",
    "details open",
    "a href=# autofocus tabindex=1",
    "input autofocus",
    "p style=animation:x",
)
_SCHEMES: Final = (
    "javascript:",
    "JaVaScRiPt:",
    " javascript:",
    "java\tscript:",
    "java\nscript:",
    "\x01javascript:",
    "&#106;avascript:",
    "&#x6A;avascript&colon;",
    "javascript&Tab;:",
    "vbscript:",
    "data:text/html,<script>",
    "data:text/html;base64,PHNjcmlwdD5jYW5hcnkoKTwvc2NyaXB0Pg==,",
    "feed:javascript:",
    "view-source:javascript:",
    "blob:",
    "filesystem:",
)
_LINKING: Final = (
    '<a href="{0}">x</a>',
    '<img src="{0}">',
    '<iframe src="{0}"></iframe>',
    '<form action="{0}"><button>x</button></form>',
    '<svg><a xlink:href="{0}"><text y=9>x</text></a></svg>',
    '<object data="{0}"></object>',
    '<base href="{0}"><a href=x>x</a>',
    '<meta http-equiv="refresh" content="0;url={0}">',
)
_FETCHING: Final = (
    '<img src="{0}">',
    "<img src='//{1}/1.png'>",
    "<img src=/\\{1}/1.png>",
    '<img srcset="{0} 1x, {0} 2x">',
    '<img src="cid:no" lowsrc="{0}" dynsrc="{0}" longdesc="{0}">',
    '<picture><source srcset="{0}"><img></picture>',
    '<video poster="{0}" src="{0}" autoplay></video>',
    '<audio src="{0}" autoplay></audio>',
    '<video><track default src="{0}"><source src="{0}"></video>',
    '<body background="{0}">',
    '<table background="{0}"><tr><td background="{0}">x</table>',
    '<div style="background:url({0})">x</div>',
    "<div style=\"background:u\\72l('{0}')\">x</div>",
    '<div style="background-image:image-set(url({0}) 1x)">x</div>',
    '<div style="content:url({0})">x</div>',
    '<ul style="list-style:url({0})"><li>x</ul>',
    '<p style="cursor:url({0}),auto">x</p>',
    "<style>@import '{0}';</style>",
    "<style>@import url({0});p{{background:url({0})}}</style><p>x",
    "<style>@font-face{{font-family:x;src:url({0})}}p{{font-family:x}}</style><p>x",
    '<link rel="stylesheet" href="{0}">',
    '<link rel="preload" as="image" href="{0}"><link rel="dns-prefetch" href="//{1}">',
    '<link rel="icon" href="{0}"><link rel="prefetch" href="{0}">',
    '<iframe src="{0}"></iframe>',
    '<iframe srcdoc="&lt;img src={0}&gt;"></iframe>',
    '<embed src="{0}">',
    '<object data="{0}" type="image/svg+xml"></object>',
    '<applet code="x" codebase="{0}"></applet>',
    '<input type="image" src="{0}">',
    '<svg><image href="{0}"/></svg>',
    '<svg><image xlink:href="{0}"/></svg>',
    '<svg><use href="{0}#x"/></svg>',
    '<svg><style>@import "{0}";</style></svg>',
    '<svg><filter id=f><feImage href="{0}"/></filter><rect filter="url(#f)"/></svg>',
    '<svg><foreignObject><img src="{0}"></foreignObject></svg>',
    '<math href="{0}"><mglyph src="{0}"/></math>',
    '<base href="{0}"><img src="x.png">',
    '<meta http-equiv="refresh" content="0;url={0}">',
    '<frameset><frame src="{0}"></frameset>',
    '<bgsound src="{0}"><layer src="{0}"></layer><xml src="{0}">',
    '<script src="{0}"></script>',
    '<noscript><img src="{0}"></noscript>',
    '<template shadowrootmode="open"><img src="{0}"></template>',
    "<p><template shadowrootmode=open><style>:host{{background:url({0})}}</style></template>",
    '<a href="http://x.example/" ping="{0}">x</a>',
    '<html manifest="{0}"><p>x',
)
_MUTATING: Final = (
    '<noscript><p title="</noscript><img src=x onerror={0}>">',
    '<svg></p><style><a id="</style><img src=1 onerror={0}>">',
    "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror={0}&gt;">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror={0}>",
    "<svg><style><img src=x onerror={0}></style></svg>",
    "<math><style><img src=x onerror={0}></style></math>",
    "<svg><title><p><style><!--</style><img src=x onerror={0}>--></style></title></svg>",
    '<textarea><img title="</textarea><img src=x onerror={0}>"></textarea>',
    '<title><a title="</title><img src=x onerror={0}>">',
    '<xmp><p title="</xmp><img src=x onerror={0}>">',
    '<iframe><p title="</iframe><img src=x onerror={0}>">',
    '<noembed><p title="</noembed><img src=x onerror={0}>">',
    '<noframes><p title="</noframes><img src=x onerror={0}>">',
    "<plaintext><img src=x onerror={0}>",
    "<select><style></select><img src=x onerror={0}></style>",
    "<select><template><svg><script>{0}</script></svg></template></select>",
    "<table><caption><svg><desc><table><tr><td></caption><img src=x onerror={0}>",
    "<svg><desc><template><style><!--</style><img src=x onerror={0}>-->",
    '<math><annotation-xml encoding="text/html"><style><img src=x onerror={0}></style>',
    "<svg><foreignObject><math><mi><mglyph><svg><style><img src=x onerror={0}>",
    "<!--><img src=x onerror={0}>-->",
    "<!--!><img src=x onerror={0}>--!>",
    "<!-- --!><img src=x onerror={0}>",
    "<![CDATA[><img src=x onerror={0}>]]>",
    "<svg><![CDATA[><img src=x onerror={0}>]]></svg>",
    '<?xml version="1.0"?><?x ><img src=x onerror={0}>?>',
    "<!doctype x [<!entity y '><img src=x onerror={0}>'>]>&y;",
    "<p title='`><img src=x onerror={0}>`'>",
    "<img src=`x` onerror=`{0}`>",
    '<a title="&quot;&gt;&lt;img src=x onerror={0}&gt;">x</a>',
    "<listing>&lt;img src=x onerror={0}&gt;</listing>",
    "<pre>\n&lt;img src=x onerror={0}&gt;</pre>",
    "<b><p><b><p><img src=x onerror={0}></b></p>",
    "<table><img src=x onerror={0}><tr><td></table>",
    "<scr<script>ipt>{0}</scr</script>ipt>",
    "<script>{0}</script >",
    "<script\x0c>{0}</script\x0c>",
    "<SCRIPT/x>{0}</SCRIPT>",
    "<\x00script>{0}</\x00script>",
    "<script x='>'>{0}</script>",
    "<img/src=x/onerror={0}>",
    "<img src=x onerror\n=\n{0}>",
    "<img src=x \x0bonerror={0}>",
    '<img src=x "onerror={0}>',
    '<img src="x"onerror={0}>',
    "<img alt='<x' onerror={0} src=x>",
    "+ADw-img src+AD0-x onerror+AD0-{0}+AD4-",
    "\u00bcscript\u00be{0}\u00bc/script\u00be",
)
_COVERING: Final = (
    '<div style="position:fixed;inset:0;z-index:9999;background:white">x</div>',
    '<div style="position:absolute;top:-9999px">x</div>',
    '<p style="display:none">x</p>',
    '<p style="font-size:0">x</p>',
    '<p style="opacity:0">x</p>',
    '<p style="color:white;background:white">x</p>',
    '<p class="modal" id="login" name="login">x</p>',
    '<form action="http://x.example/"><input name=password type=password></form>',
    '<input type="hidden" name="csrf">',
    "<style>*{display:none}</style><p>x",
    '<font color="white">x</font>',
    "<marquee>x</marquee><blink>x</blink>",
    "<dialog open>x</dialog>",
    "<p popover>x</p>",
    "<p contenteditable onbeforeinput=canary()>x</p>",
    '<a href="http://x.example/" target="_top" download>x</a>',
    '<a href="/v1/tickets/x/resolve">x</a>',
    '<img src="/v1/attachments/other.0">',
    "<p slot=x is=y part=z>x</p>",
    '<bdo dir="rtl">x</bdo>',
)


def vectors() -> Iterator[str]:
    """Every one of them."""
    for carrier, handler in product(_CARRIERS, _HANDLERS):
        yield f'<{carrier} {handler}="{RUN}">x'
    for scheme, frame in product(_SCHEMES, _LINKING):
        yield frame.format(f"{scheme}{RUN}")
    for frame in _FETCHING:
        yield frame.format(f"{_URL}/1.png", CANARY)
    for frame in _MUTATING:
        yield frame.replace("{0}", RUN)
    yield from _COVERING


_TAGS: Final = (
    "a abbr address article aside b big blockquote br caption center cite code col colgroup dd del "
    "dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main "
    "mark ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead "
    "tr tt u ul var wbr"
)
_ATTRIBUTES: Final = "href title src alt width height colspan rowspan align start dir lang rel"
TAGS: Final = frozenset(_TAGS.split())
ATTRIBUTES: Final = frozenset(_ATTRIBUTES.split())


class Seen(HTMLParser):
    """The tags and attributes in what is left."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_harmless(html: str) -> None:
    """Nothing in it but what may be shown: no script, no handler, no style, no false link."""
    seen = Seen(html)
    assert seen.tags <= TAGS
    for tag, name, value in seen.attributes:
        assert name in ATTRIBUTES, (tag, name)
        if name == "href":
            assert value.lower().startswith(("http://", "https://", "mailto:")), value
        if name == "src":
            assert value == "/v1/attachments/letter.0"
