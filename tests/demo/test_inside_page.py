"""The tab that looks inside, in a real browser: by mouse, finger and keys, light and dark.

Needs Chromium and its driver, as `tests/demo/test_page.py`, whose fixtures it uses. The pictures
stay in out/draw.
"""

import re

import numpy as np
import pytest

from dlscratch.cli.draw import digits
from dlscratch.demo.inside import explain, stages
from tests.demo.test_page import browser, contrast, luminance, out, page, pytestmark  # noqa: F401


@pytest.fixture
def tab(page, server):  # noqa: F811
    """The tab, opened anew: tab(network="ch07", width=1200, height=900, dark=False)"""

    def tab(network="ch07", fresh=True, **options):
        found = page(**options)
        if fresh:
            found.run("sessionStorage.clear()")
        found.browser.get(f"{server.address}inside#{network}")
        found.until(lambda: heading(found))
        return found

    return tab


def heading(tab):
    """What the panel shows; nothing while there is none."""
    return tab.run("return document.querySelector('#panel h3')?.textContent ?? ''")


def tile(tab, layer, number):
    return tab.browser.find_elements("css selector", ".stage")[layer].find_elements(
        "css selector", ".map"
    )[number]


def look(tab, layer, number, title):
    """Click in the middle of a map."""
    found = tile(tab, layer, number)
    tab.run("document.documentElement.style.scrollBehavior = 'auto'")
    tab.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    found.find_element("tag name", "canvas").click()
    tab.until(lambda: heading(tab).startswith(title))


def place(tab):
    """The row and the column in the heading of the panel, from 0."""
    row, column = re.search(r"row (\d+), column (\d+):", heading(tab)).groups()
    return int(row) - 1, int(column) - 1


def shown(tab, figure):
    """The numbers of a table in the panel, as they stand there."""
    found = tab.run(
        "return [...document.querySelectorAll('#panel figure.grids')]"
        f".find(made => made.textContent.startsWith('{figure}'))"
        "?.querySelectorAll('.cell').values().map(cell => cell.textContent).toArray()"
    )
    return [float(text.replace("−", "-")) for text in found]


def test_a_click_on_a_map_shows_the_window_the_kernel_the_products_and_the_sum(tab, networks, out):  # noqa: F811
    tab = tab()
    look(tab, 1, 7, "Convolution 1, map 8, row ")
    found = stages(networks["ch07"], digits()[0][digits()[1] == 3][0] / 255)
    parts = explain(found, 1, (7, *place(tab)))
    (window,) = parts["windows"]
    for name, kind in (("Window", "inputs"), ("Kernel", "kernel"), ("Products", "products")):
        np.testing.assert_allclose(shown(tab, name), np.ravel(window[kind]), atol=0.0051)
    told = tab.find("parts").text.replace("−", "-")
    for name in ("sum", "bias", "output"):
        assert f"{parts[name]:.3f}" in told
    assert f"Then ReLU 1: max(0, {parts['output']:.3f})" in told
    assert len(tab.browser.find_elements("css selector", ".stage .mark")) == 2
    tab.picture(out / "inside.png")


def test_the_window_moves_by_buttons_and_by_arrow_keys(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    look(tab, 1, 7, "Convolution 1, map 8, row ")
    row, column = place(tab)
    tab.press(Keys.ARROW_RIGHT)
    tab.until(lambda: place(tab) == (row, column + 1))
    tab.press(Keys.ARROW_DOWN)
    tab.until(lambda: place(tab) == (row + 1, column + 1))
    tab.browser.find_element("css selector", "[data-move='0,-1,0']").click()
    tab.until(lambda: place(tab) == (row, column + 1))
    tab.press(Keys.PAGE_DOWN)
    tab.until(lambda: heading(tab).startswith("Convolution 1, map 9, "))
    assert place(tab) == (row, column + 1)


def test_all_layers_are_linked_back_to_the_image(tab):
    tab = tab()
    look(tab, 7, 3, "Softmax, digit 3: ")
    for title in ("Affine 2, digit ", "ReLU 2, unit ", "Affine 1, unit ", "Pooling 1, map "):
        tab.browser.find_element("css selector", "#parts .lead").click()
        tab.until(lambda title=title: heading(tab).startswith(title))
    tab.browser.find_element("css selector", "button.cell.largest").click()
    tab.until(lambda: heading(tab).startswith("ReLU 1, map "))
    tab.browser.find_element("css selector", "#parts .lead").click()
    tab.until(lambda: heading(tab).startswith("Convolution 1, map "))
    tab.browser.find_element("css selector", "button.cell").click()
    tab.until(lambda: heading(tab).startswith("Image, row "))
    assert "It is not computed" in tab.find("parts").text


def test_by_keys_alone_a_map_is_chosen_and_left(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    tab.run("document.querySelectorAll('.stage')[3].querySelector('.map').focus()")
    tab.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ENTER)  # 15 maps in a row: map 17
    tab.until(lambda: heading(tab).startswith("Pooling 1, map 17, "))
    assert tab.run("return document.activeElement.id") == "panel-title"
    tab.press(Keys.ESCAPE)
    tab.until(lambda: not heading(tab))
    label = "return document.activeElement.getAttribute('aria-label')"
    assert tab.run(label) == "Map 17"
    tab.press(Keys.TAB)  # one stop for each row
    assert tab.run(label) == "Unit 1"


def test_the_deep_network_shows_four_windows_and_all_on_demand(tab, out):  # noqa: F811
    tab = tab("ch08")
    look(tab, 8, 5, "Convolution 4, map 6, ")
    lines = "return document.querySelectorAll('#panel .line').length"
    assert tab.run(lines) == 4
    tab.browser.find_element("css selector", "#parts p .lead").click()
    assert tab.run(lines) == 32
    assert "Sum over all 32 windows" in tab.find("parts").text
    tab.picture(out / "inside-deep.png")


def test_another_digit_and_another_network_are_looked_into(tab):
    tab = tab()
    before = heading(tab)
    tab.browser.find_elements("css selector", "#digits button")[7].click()
    tab.until(lambda: heading(tab) != before)
    assert tab.browser.find_elements("css selector", ".stage:last-child b")[7].text.endswith("%")
    rows = "return document.querySelectorAll('.stage').length"
    assert tab.run(rows) == 8
    tab.browser.find_element("css selector", "input[value=ch08]").click()
    tab.until(lambda: tab.run(rows) == 20)
    assert tab.browser.current_url.endswith("#ch08")


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_digit_is_drawn_in_the_tab(tab, kind):
    tab = tab(width=390, height=844) if kind == "touch" else tab()
    top = tab.run("return scrollY")
    tab.draw(7, kind)
    tab.until(lambda: winner(tab) == 7)
    assert tab.run("return scrollY") == top  # the finger draws and does not scroll


def winner(tab):
    """The digit that the network reads."""
    return np.argmax(
        tab.run(
            "return [...document.querySelectorAll('.stage:last-child b')].map(b =>"
            " parseFloat(b.textContent.replace('> ', '')))"
        )
    )


def test_a_digit_is_drawn_in_the_tab_with_the_keyboard_alone(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    tab.run("document.querySelector('#digits button:last-child').focus()")
    tab.press(Keys.TAB, *[Keys.ARROW_UP] * 12, " ", *[Keys.ARROW_DOWN] * 24)
    assert winner(tab) == 3  # the pen is still down
    tab.press(" ")
    tab.until(lambda: winner(tab) == 1)


def test_whoever_leaves_the_drawing_has_lifted_the_pen(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    tab.run("document.getElementById('pad').focus()")
    tab.press(*[Keys.ARROW_UP] * 12, " ", *[Keys.ARROW_DOWN] * 24, Keys.TAB)
    tab.until(lambda: winner(tab) == 1)


def test_a_stroke_is_undone_and_escape_in_the_panel_does_not_clear_the_drawing(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    tab.draw(7)
    tab.until(lambda: winner(tab) == 7)
    tab.run("document.getElementById('panel-title').focus()")
    tab.press(Keys.ESCAPE)
    tab.until(lambda: not heading(tab))
    assert tab.drawing("items().length") == 1
    tab.run("scrollTo({top: 0, behavior: 'instant'})")
    tab.draw(3)  # across the 7
    tab.until(lambda: heading(tab))
    tab.undo()
    tab.until(lambda: winner(tab) == 7 and tab.drawing("items().length") == 1)
    tab.find("undo").click()
    assert tab.drawing("empty()") and not tab.find("clear").is_enabled()


def test_what_is_drawn_in_the_tab_draw_is_taken_along(tab, page, server):  # noqa: F811
    drawing = page("ch07")
    drawing.draw(7)
    drawing.says("Both read 7")
    found = tab(fresh=False)
    (own, *_) = found.browser.find_elements("css selector", "#digits button")
    assert own.text == "yours" and own.get_attribute("aria-pressed") == "true"


def test_on_a_phone_nothing_hangs_out_and_fingers_find_the_buttons(tab, out):  # noqa: F811
    tab = tab(width=375, height=812)
    for layer in range(8):
        look(tab, layer, 0, "")
        assert tab.run("return document.documentElement.scrollWidth") == 375
        small = tab.run(
            "return [...document.querySelectorAll('main button')].filter(button => {"
            " const box = button.getBoundingClientRect();"
            " return box.width && Math.min(box.width, box.height) < 24; }).length"
        )
        assert small == 0
    tab.picture(out / "inside-phone.png")


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_stand_out_from_the_colour_of_their_cells(dark, tab, out):  # noqa: F811
    tab = tab(dark=dark)
    look(tab, 1, 7, "Convolution 1, map 8")
    colours = tab.run(
        "return [...document.querySelectorAll('.cell')].map(cell => { const style ="
        " getComputedStyle(cell); return [style.color, style.backgroundColor]; })"
    )
    assert len(colours) == 75
    for front, back in colours:
        assert contrast(luminance(as_hex(front)), luminance(as_hex(back))) >= 4.5
    tab.picture(out / f"inside-{'dark' if dark else 'light'}.png")


def as_hex(colour):
    """rgb(1, 2, 3) -> #010203"""
    return "#" + "".join(f"{int(part):02x}" for part in colour[4:-1].split(", "))


def test_zero_has_the_colour_of_the_paper(tab):
    tab = tab()
    corner = tab.run(
        "return [...document.querySelector('.stage canvas').getContext('2d')"
        ".getImageData(0, 0, 1, 1).data]"
    )
    assert corner == [255, 255, 255, 255]


def test_every_map_and_button_has_a_name(tab):
    tab = tab()
    look(tab, 6, 3, "Affine 2, digit 3: ")
    assert tab.run(
        "return [...document.querySelectorAll('button, input, canvas[role]')].every(one =>"
        " one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)"
    )


def test_a_server_that_is_gone_is_said(tab):
    tab = tab()
    tab.run("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))")
    tile(tab, 0, 0).click()
    tab.until(lambda: tab.find("trouble").is_displayed())
    assert tab.find("trouble").text.startswith("The server does not answer")


def test_all_tabs_lead_here(page, server):  # noqa: F811
    found = page()
    for path in ("", "train", "race", "graph"):
        found.browser.get(f"{server.address}{path}")
        found.browser.find_element("link text", "Look inside").click()
        found.until(lambda: found.browser.title == "Look inside - dlscratch")
