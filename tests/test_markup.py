"""In HTML a text stays a text."""

import pytest

from mentormatch.markup import Markup, joined, tag, verbatim_style


@pytest.mark.parametrize(
    ("made", "html"),
    [
        (tag("p", "a < b & c"), "<p>a &lt; b &amp; c</p>"),
        (tag("p", tag("b", "x"), None, "y"), "<p><b>x</b>y</p>"),
        (tag("td", "x", data_label='"'), '<td data-label="&quot;">x</td>'),
        (tag("p", class_="a", id=None), '<p class="a"></p>'),
        (tag("meta", name="x"), '<meta name="x">'),
        (joined("<", tag("i"), None), "&lt;<i></i>"),
        (tag("p", "a\x00b\ud800c\n"), "<p>a\ufffdb\ufffdc\n</p>"),
    ],
)
def test_what_is_no_markup_is_escaped(made, html):
    """Texts, values of attributes, and characters that a page can't hold."""
    assert made == html
    assert isinstance(made, Markup)


def test_a_string_made_of_markup_is_escaped_again():
    """Cutting or joining by hand loses the mark, so nothing slips through."""
    assert tag("p", tag("b", "x") + "<") == "<p>&lt;b&gt;x&lt;/b&gt;&lt;</p>"


def test_a_style_sheet_can_not_end_its_element():
    """What could begin another element is refused."""
    assert verbatim_style("a > b {}") == "<style>a > b {}</style>"
    with pytest.raises(ValueError, match="style"):
        verbatim_style("</style><script>")
