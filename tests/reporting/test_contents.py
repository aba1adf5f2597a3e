from __future__ import annotations

from bs4 import BeautifulSoup

from pmo_analytics.reporting.contents import MARK, with_contents


def links(page: str) -> list[tuple[str, str]]:
    soup = BeautifulSoup(with_contents(page), "html.parser")
    return [(str(link["href"]), link.get_text()) for link in soup.select("nav.contents a")]


def test_sections_are_told_by_subject_or_by_their_heading() -> None:
    page = (
        f'{MARK}<h2 id="decisions">Nothing needs a decision</h2><h2 id="People&#x27;s-time">People&#39;s time</h2>'
        '<h2 id="sources">7 files <b>stand</b> behind</h2>'
    )
    assert links(page) == [
        ("#decisions", "Decisions"),
        ("#People's-time", "People's time"),
        ("#sources", "Sources"),
    ]


def test_a_heading_without_a_name_gets_one_and_what_stands_behind_the_body_is_left() -> None:
    page = f'<main>{MARK}<h2>Cost</h2><h2 id="b">B</h2><h2>Time</h2></main><script>"<h2>no</h2>"</script>'
    assert links(page) == [("#section-1", "Cost"), ("#b", "B"), ("#section-3", "Time")]
    made = with_contents(page)
    assert '<h2 id="section-3">Time</h2></main><script>"<h2>no</h2>"</script>' in made


def test_two_sections_need_no_list_and_the_mark_goes() -> None:
    page = f'{MARK}<h2 id="a">A</h2><h2 id="b">B</h2>'
    assert with_contents(page) == '<h2 id="a">A</h2><h2 id="b">B</h2>'


def test_text_that_looks_like_a_heading_stays_text() -> None:
    hostile = '&lt;h2 id="x"&gt;Taken&lt;/h2&gt; &lt;!-- contents --&gt;'
    page = f'{MARK}<h2 id="a">{hostile}</h2><h2 id="b">B</h2><h2 id="c">C</h2>'
    made = with_contents(page)
    assert [anchor for anchor, _ in links(page)] == ["#a", "#b", "#c"]
    assert '<h2 id="x">' not in made
    assert made.count('<nav class="contents"') == 1
