"""The room that looks inside, in a real browser: by mouse, finger and keys, light and dark.

Needs Chromium and its driver, as `tests/demo/test_page.py`, whose fixtures it uses. The pictures
stay in out/draw.
"""

import re
import threading

import numpy as np
import pytest

from dlscratch.cli.draw import digits
from dlscratch.demo.inside import explain, stages
from dlscratch.demo.server import DrawServer
from tests.demo.test_page import browser, contrast, luminance, out, page, pytestmark  # noqa: F401


@pytest.fixture(scope="module")
def server(networks):
    """The server with digits to choose from."""
    with DrawServer(networks, digits=digits()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def room(page, server):  # noqa: F811
    """The room, opened anew: room(network="ch07", width=1200, height=900, dark=False)"""

    def room(network="ch07", fresh=True, **options):
        found = page(**options)
        if fresh:
            found.run("sessionStorage.clear()")
        found.browser.get(f"{server.address}inside#{network}")
        found.until(lambda: heading(found))
        return found

    return room


def heading(room):
    """What the panel shows; nothing while there is none."""
    return room.run("return document.querySelector('#panel h3')?.textContent ?? ''")


def tile(room, layer, number):
    return room.browser.find_elements("css selector", ".stage")[layer].find_elements(
        "css selector", ".map"
    )[number]


def look(room, layer, number, title):
    """Click in the middle of a map."""
    found = tile(room, layer, number)
    room.run("document.documentElement.style.scrollBehavior = 'auto'")
    room.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
    found.find_element("tag name", "canvas").click()
    room.until(lambda: heading(room).startswith(title))


def place(room):
    """The row and the column in the heading of the panel, from 0."""
    row, column = re.search(r"row (\d+), column (\d+):", heading(room)).groups()
    return int(row) - 1, int(column) - 1


def shown(room, figure):
    """The numbers of a table in the panel, as they stand there."""
    found = room.run(
        "return [...document.querySelectorAll('#panel figure.grids')]"
        f".find(made => made.textContent.startsWith('{figure}'))"
        "?.querySelectorAll('.cell').values().map(cell => cell.textContent).toArray()"
    )
    return [float(text.replace("−", "-")) for text in found]


def test_a_click_on_a_map_shows_the_window_the_kernel_the_products_and_the_sum(room, networks, out):  # noqa: F811
    room = room()
    look(room, 1, 7, "Convolution 1, map 8, row ")
    found = stages(networks["ch07"], digits()[0][digits()[1] == 3][0] / 255)
    parts = explain(found, 1, (7, *place(room)))
    (window,) = parts["windows"]
    for name, kind in (("Window", "inputs"), ("Kernel", "kernel"), ("Products", "products")):
        np.testing.assert_allclose(shown(room, name), np.ravel(window[kind]), atol=0.0051)
    told = room.find("parts").text.replace("−", "-")
    for name in ("sum", "bias", "output"):
        assert f"{parts[name]:.3f}" in told
    assert f"Then ReLU 1: max(0, {parts['output']:.3f})" in told
    assert len(room.browser.find_elements("css selector", ".stage .mark")) == 2
    room.picture(out / "inside.png")


def test_the_window_moves_by_buttons_and_by_arrow_keys(room):
    from selenium.webdriver.common.keys import Keys

    room = room()
    look(room, 1, 7, "Convolution 1, map 8, row ")
    row, column = place(room)
    room.press(Keys.ARROW_RIGHT)
    room.until(lambda: place(room) == (row, column + 1))
    room.press(Keys.ARROW_DOWN)
    room.until(lambda: place(room) == (row + 1, column + 1))
    room.browser.find_element("css selector", "[data-move='0,-1,0']").click()
    room.until(lambda: place(room) == (row, column + 1))
    room.press(Keys.PAGE_DOWN)
    room.until(lambda: heading(room).startswith("Convolution 1, map 9, "))
    assert place(room) == (row, column + 1)


def test_all_layers_are_linked_back_to_the_image(room):
    room = room()
    look(room, 7, 3, "Softmax, digit 3: ")
    for title in ("Affine 2, digit ", "ReLU 2, unit ", "Affine 1, unit ", "Pooling 1, map "):
        room.browser.find_element("css selector", "#parts .lead").click()
        room.until(lambda title=title: heading(room).startswith(title))
    room.browser.find_element("css selector", "button.cell.largest").click()
    room.until(lambda: heading(room).startswith("ReLU 1, map "))
    room.browser.find_element("css selector", "#parts .lead").click()
    room.until(lambda: heading(room).startswith("Convolution 1, map "))
    room.browser.find_element("css selector", "button.cell").click()
    room.until(lambda: heading(room).startswith("Image, row "))
    assert "It is not computed" in room.find("parts").text


def test_by_keys_alone_a_map_is_chosen_and_left(room):
    from selenium.webdriver.common.keys import Keys

    room = room()
    room.run("document.querySelectorAll('.stage')[3].querySelector('.map').focus()")
    room.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN, Keys.ENTER)  # 15 maps in a row: map 17
    room.until(lambda: heading(room).startswith("Pooling 1, map 17, "))
    assert room.run("return document.activeElement.id") == "panel-title"
    room.press(Keys.ESCAPE)
    room.until(lambda: not heading(room))
    label = "return document.activeElement.getAttribute('aria-label')"
    assert room.run(label) == "Map 17"
    room.press(Keys.TAB)  # one stop for each row
    assert room.run(label) == "Unit 1"


def test_the_deep_network_shows_four_windows_and_all_on_demand(room, out):  # noqa: F811
    room = room("ch08")
    look(room, 8, 5, "Convolution 4, map 6, ")
    lines = "return document.querySelectorAll('#panel .line').length"
    assert room.run(lines) == 4
    room.browser.find_element("css selector", "#parts p .lead").click()
    assert room.run(lines) == 32
    assert "Sum over all 32 windows" in room.find("parts").text
    room.picture(out / "inside-deep.png")


def test_another_digit_and_another_network_are_looked_into(room):
    room = room()
    before = heading(room)
    room.browser.find_elements("css selector", "#digits button")[7].click()
    room.until(lambda: heading(room) != before)
    assert room.browser.find_elements("css selector", ".stage:last-child b")[7].text.endswith("%")
    rows = "return document.querySelectorAll('.stage').length"
    assert room.run(rows) == 8
    room.browser.find_element("css selector", "input[value=ch08]").click()
    room.until(lambda: room.run(rows) == 20)
    assert room.browser.current_url.endswith("#ch08")


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_digit_is_drawn_in_the_room(room, kind):
    room = room(width=390, height=844) if kind == "touch" else room()
    top = room.run("return scrollY")
    room.draw(7, kind)
    most = (
        "return [...document.querySelectorAll('.stage:last-child b')].map(b => parseFloat("
        "b.textContent.replace('> ', '')))"
    )
    room.until(lambda: np.argmax(room.run(most)) == 7)
    assert room.run("return scrollY") == top  # the finger draws and does not scroll


def test_what_is_drawn_in_the_room_draw_is_taken_along(room, page, server):  # noqa: F811
    drawing = page("ch07")
    drawing.draw(7)
    drawing.says("Both read 7")
    found = room(fresh=False)
    (own, *_) = found.browser.find_elements("css selector", "#digits button")
    assert own.text == "yours" and own.get_attribute("aria-pressed") == "true"


def test_on_a_phone_nothing_hangs_out_and_fingers_find_the_buttons(room, out):  # noqa: F811
    room = room(width=375, height=812)
    for layer in range(8):
        look(room, layer, 0, "")
        assert room.run("return document.documentElement.scrollWidth") == 375
        small = room.run(
            "return [...document.querySelectorAll('main button')].filter(button => {"
            " const box = button.getBoundingClientRect();"
            " return box.width && Math.min(box.width, box.height) < 24; }).length"
        )
        assert small == 0
    room.picture(out / "inside-phone.png")


@pytest.mark.parametrize("dark", [False, True])
def test_numbers_stand_out_from_the_colour_of_their_cells(dark, room, out):  # noqa: F811
    room = room(dark=dark)
    look(room, 1, 7, "Convolution 1, map 8")
    colours = room.run(
        "return [...document.querySelectorAll('.cell')].map(cell => { const style ="
        " getComputedStyle(cell); return [style.color, style.backgroundColor]; })"
    )
    assert len(colours) == 75
    for front, back in colours:
        assert contrast(luminance(as_hex(front)), luminance(as_hex(back))) >= 4.5
    room.picture(out / f"inside-{'dark' if dark else 'light'}.png")


def as_hex(colour):
    """rgb(1, 2, 3) -> #010203"""
    return "#" + "".join(f"{int(part):02x}" for part in colour[4:-1].split(", "))


def test_zero_has_the_colour_of_the_paper(room):
    room = room()
    corner = room.run(
        "return [...document.querySelector('.stage canvas').getContext('2d')"
        ".getImageData(0, 0, 1, 1).data]"
    )
    assert corner == [255, 255, 255, 255]


def test_every_map_and_button_has_a_name(room):
    room = room()
    look(room, 6, 3, "Affine 2, digit 3: ")
    assert room.run(
        "return [...document.querySelectorAll('button, input, canvas[role]')].every(one =>"
        " one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)"
    )


def test_a_server_that_is_gone_is_said(room):
    room = room()
    room.run("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))")
    tile(room, 0, 0).click()
    room.until(lambda: room.find("trouble").is_displayed())
    assert room.find("trouble").text.startswith("The server does not answer")


def test_all_rooms_lead_here(page, server):  # noqa: F811
    found = page()
    for path in ("", "train", "graph"):
        found.browser.get(f"{server.address}{path}")
        found.browser.find_element("link text", "Look inside").click()
        found.until(lambda: found.browser.title == "Look inside - dlscratch")
