"""The page in a real browser: digits are drawn on it, and it says what they are.

Needs Chromium and its driver (on Debian: apt install chromium chromium-driver) and the extra
"browser". The pictures stay in out/draw; docs/draw.png is the one of test_readme_shows_this.
"""

import shutil
import time
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

STROKES = {  # on a paper of 280 x 280
    3: [
        (72, 66),
        (82, 50),
        (100, 38),
        (122, 31),
        (144, 30),
        (166, 36),
        (184, 50),
        (193, 70),
        (190, 92),
        (178, 110),
        (160, 122),
        (140, 129),
        (124, 131),
        (142, 131),
        (162, 135),
        (182, 144),
        (197, 160),
        (204, 182),
        (200, 205),
        (187, 225),
        (167, 239),
        (144, 246),
        (119, 245),
        (96, 237),
        (78, 223),
        (68, 210),
    ],
    7: [
        (70, 55),
        (100, 53),
        (130, 51),
        (160, 49),
        (190, 46),
        (206, 46),
        (196, 74),
        (184, 104),
        (171, 134),
        (160, 162),
        (150, 190),
        (142, 218),
        (136, 246),
    ],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = (
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-dev-shm-usage",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "hide-scrollbars",
)
binary = next(filter(None, map(shutil.which, BROWSERS)), None)
driver = shutil.which("chromedriver")
webdriver = pytest.importorskip("selenium.webdriver", reason="needs the extra 'browser'")
pytestmark = [
    pytest.mark.slow,  # a browser takes its seconds
    pytest.mark.skipif(
        not (binary and driver),
        reason="needs Chromium and chromedriver: apt install chromium chromium-driver",
    ),
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A Chromium without a window."""
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(f"--{flag}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "localhost,127.0.0.1")  # the driver is here, whatever lies between
        browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
        yield browser
        browser.quit()


@pytest.fixture
def page(browser, server):
    """The page, opened anew: page(network="ch08", width=1200, height=900, dark=False)"""

    def page(network="ch08", width=1200, height=900, dark=False):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [theme]})
        browser.get("about:blank")  # a new # alone would load nothing
        browser.get(f"{server.address}#{network}")
        return Page(browser)

    yield page
    assert browser.get_log("browser") == []  # no error, nothing that the policy had to block


class Page:
    """What a reader does on the page, and reads there."""

    def __init__(self, browser):
        self.browser = browser
        self.until(lambda: self.run("return document.querySelectorAll('.grid canvas').length"))

    def run(self, script):
        return self.browser.execute_script(script)

    def drawing(self, call):
        return self.run(f"return import('/pen.js').then(({{ drawing }}) => drawing.{call})")

    def until(self, true):
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.browser, 10, poll_frequency=0.02).until(lambda _: true())

    def find(self, id):
        return self.browser.find_element("id", id)

    def draw(self, digit, kind="mouse"):
        """One stroke with mouse, pen or touch."""
        from selenium.webdriver.common.actions.action_builder import ActionBuilder
        from selenium.webdriver.common.actions.pointer_input import PointerInput

        left, top, width = self.run(
            "const box = document.getElementById('pad').getBoundingClientRect();"
            "return [box.left, box.top, box.width]"
        )
        actions = ActionBuilder(self.browser, mouse=PointerInput(kind, kind), duration=5)
        first, *others = (
            (round(left + x * width / 280), round(top + y * width / 280)) for x, y in STROKES[digit]
        )
        actions.pointer_action.move_to_location(*first).pointer_down()
        for place in others:
            actions.pointer_action.move_to_location(*place)
        actions.pointer_action.pointer_up()
        actions.perform()

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def undo(self):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        keys = ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("z")
        keys.key_up(Keys.CONTROL).perform()

    def redo(self):
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        keys = ActionChains(self.browser).key_down(Keys.CONTROL).send_keys("y")
        keys.key_up(Keys.CONTROL).perform()

    def says(self, beginning):
        """Wait until the page says so, to the reader and to a screen reader."""
        self.until(lambda: self.find("spoken").get_attribute("textContent").startswith(beginning))

    def seen(self):
        """The image that the network saw last, as text."""
        return self.run("return document.getElementById('image').toDataURL()")

    def picture(self, path, whole=True):
        """A screenshot of the page, or of what the window shows; an array (height, width, 3)."""
        import base64

        wanted = {"captureBeyondViewport": whole}
        shot = self.browser.execute_cdp_cmd("Page.captureScreenshot", wanted)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(shot["data"]))
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))


@pytest.fixture
def out(pytestconfig):
    """Where the pictures stay."""
    return pytestconfig.rootpath / "out" / "draw"


@pytest.mark.parametrize("digit", [3, 7])
def test_a_digit_drawn_with_the_mouse_is_read_by_both(digit, page):
    page = page()
    page.draw(digit)
    page.says(f"Both read {digit}")
    shown = page.browser.find_elements("css selector", ".reader .digit")
    assert [one.text for one in shown] == [str(digit)] * 2
    winners = page.browser.find_elements("css selector", ".bars .winner")
    assert [winner.text.split("\n")[0] for winner in winners] == [str(digit)] * 2


@pytest.mark.parametrize("side", [30, 60, 120])
@pytest.mark.parametrize("digit", [3, 7])
def test_a_small_digit_is_read_as_a_large_one_is(digit, side, page):
    """The pen is as thin as the digit is small: no blob of 28 x 28 pixels."""
    page = page()
    points = [(20 + x * side / 280, 20 + y * side / 280) for x, y in STROKES[digit]]
    page.drawing(f"load([{[list(point) for point in points]}])")
    page.says(f"Both read {digit}")


def gradient(page):
    return page.run("return document.getElementById('gradient').toDataURL()")


def test_a_bar_shows_why_not_another_digit_and_again_the_winner(page):
    page = page("ch08")
    page.draw(7)
    page.says("Both read 7")
    winner = gradient(page)
    page.browser.find_elements("css selector", "#reader-ch08 .bars button")[2].click()
    assert page.find("gradient-title").text == "Why not 2?"
    assert page.find("gradient-of").text == "Of DeepConvNet's score for 2:"
    assert gradient(page) != winner
    page.browser.find_elements("css selector", "#reader-ch08 .bars button")[2].click()
    assert page.find("gradient-title").text == "What counts" and gradient(page) == winner
    page.browser.find_elements("css selector", "#reader-ch07 .bars button")[7].click()
    assert page.find("gradient-of").text == "Of SimpleConvNet's score for 7:"
    assert page.browser.current_url.endswith("#ch07")


def test_a_test_image_is_loaded_and_what_was_drawn_stays_in_the_history(page):
    page = page()
    page.draw(3)
    page.says("Both read 3")
    page.until(lambda: page.find("digits").is_displayed())
    page.browser.find_elements("css selector", "#first button")[1].click()  # a 2
    page.says("Both read 2")
    (kept,) = page.browser.find_elements("css selector", "#kept button")
    assert kept.text == "3"
    kept.click()
    page.says("Both read 3")
    assert [one.text for one in page.browser.find_elements("css selector", "#kept button")] == [
        "2",
        "3",
    ]
    page.browser.find_elements("css selector", "#misread button")[0].click()
    page.until(lambda: " reads " in page.find("spoken").get_attribute("textContent"))


def test_readme_shows_this(page, out):
    page = page("ch07", height=1040)
    page.draw(3)
    page.says("Both read 3")
    picture = page.picture(out / "draw.png", whole=False)
    assert picture.shape == (1040, 1200, 3)
    assert {canvas: page.run(f"return {INKED}") for canvas, INKED in COUNTS.items()} == {
        "image": True,
        "gradient": True,
        "maps": 30,
    }


PAINTED = "canvas => canvas.getContext('2d').getImageData(0, 0, 24, 24).data.some(byte => byte)"
COUNTS = {
    "image": f"({PAINTED})(document.getElementById('image'))",
    "gradient": f"({PAINTED})(document.getElementById('gradient'))",
    "maps": f"[...document.querySelectorAll('.grid canvas')].filter({PAINTED}).length",
}


def test_the_maps_of_the_other_network_are_a_switch_away(page):
    page = page("ch07")
    page.draw(3)
    page.says("Both read 3")
    page.find("choice-ch08").click()
    page.until(lambda: page.run(f"return {COUNTS['maps']}") == 16 + 16 + 32 + 32 + 64 + 64)
    page.says("Both read 3")
    assert page.browser.current_url.endswith("#ch08")


def test_a_finger_draws_on_a_phone_and_nothing_hangs_out(page, out):
    page = page(width=390, height=844)
    page.draw(7, "touch")
    page.says("Both read 7")
    assert page.find("brief").text.startswith("Both read 7")
    assert page.run("return scrollY") == 0  # the finger draws and does not scroll
    assert page.run("return document.documentElement.scrollWidth") == 390
    page.picture(out / "phone.png")


def test_ctrl_z_takes_a_stroke_back_and_escape_all_of_them(page):
    from selenium.webdriver.common.keys import Keys

    page = page()
    page.draw(7)
    page.says("Both read 7")
    seven = page.seen()
    page.draw(3)  # across the 7
    page.until(lambda: page.seen() != seven)
    page.undo()
    page.until(lambda: page.seen() == seven)
    page.says("Both read 7")
    page.redo()
    page.until(lambda: page.seen() != seven)
    assert page.drawing("items().length") == 2
    page.undo()
    page.until(lambda: page.seen() == seven)
    page.press(Keys.ESCAPE)
    page.says("Nothing is drawn")
    shown = page.browser.find_elements("css selector", ".reader .digit")
    assert [one.text for one in shown] == ["?", "?"]
    assert page.run(f"return {COUNTS['maps']}") == 0
    assert not page.find("undo").is_enabled() and not page.find("clear").is_enabled()


def test_buttons_do_the_same(page):
    page = page()
    page.draw(7)
    page.says("Both read 7")
    seven = page.seen()
    page.draw(3)
    page.until(lambda: page.seen() != seven)
    page.find("undo").click()
    page.until(lambda: page.seen() == seven)
    page.find("redo").click()
    page.until(lambda: page.seen() != seven)
    page.find("clear").click()
    page.says("Nothing is drawn")


def test_a_digit_can_be_drawn_with_the_keyboard_alone(page):
    from selenium.webdriver.common.keys import Keys

    page = page()
    page.press(*[Keys.TAB] * 6)  # the tabs, then the paper
    page.press(*[Keys.ARROW_UP] * 12, " ", *[Keys.ARROW_DOWN] * 24, " ")
    page.says("Both read 1")


def test_the_dark_page_is_dark_and_the_ink_light(page, out):
    page = page(dark=True)
    page.draw(7)
    page.says("Both read 7")
    picture = page.picture(out / "dark.png")
    assert np.median(picture) < 60 and picture.max() > 230


def test_words_stand_out_from_the_page_by_day_and_by_night(page):
    """At least 4.5 : 1, as the Web Content Accessibility Guidelines ask for."""
    for dark in (False, True):
        colours = page(dark=dark).run(
            "const style = getComputedStyle(document.documentElement);"
            "return Object.fromEntries(['page', 'paper', 'ink', 'quiet', 'accent']"
            ".map(name => [name, style.getPropertyValue('--' + name).trim()]))"
        )
        light = {name: luminance(colour) for name, colour in colours.items()}
        for front in ("ink", "quiet", "accent"):
            for back in ("page", "paper"):
                assert contrast(light[front], light[back]) >= 4.5, (front, back, dark)


def luminance(colour):
    """#rrggbb -> 0 .. 1, as WCAG 2 defines it."""
    parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a, b):
    return (max(a, b) + 0.05) / (min(a, b) + 0.05)


def test_the_latest_drawing_wins(page):
    """Many questions while an answer is on its way: one more is asked, of what is drawn by then."""
    page = page()
    page.run(
        "window.asked = 0; const fetched = window.fetch;"
        "window.fetch = (...what) => { window.asked++;"
        " return new Promise(done => setTimeout(() => done(fetched(...what)), 300)); }"
    )
    page.draw(7)
    page.find("clear").click()
    page.draw(3)
    page.says("Both read 3")
    assert (
        4 <= page.run("return window.asked") <= 10
    )  # of more than thirty frames, two networks each


def test_a_server_that_is_gone_is_said(page):
    page = page()
    page.run("window.fetch = () => Promise.reject(new TypeError('Failed to fetch'))")
    page.draw(7)
    page.until(lambda: page.find("trouble").is_displayed())
    assert page.find("trouble").text == (
        "The server does not answer: start dlscratch draw again. This page stays as it is."
    )


# ---- the tab where a network learns


@pytest.fixture
def tab(page, browser, server):
    """The Train tab, opened anew: tab(width=1200, height=900, dark=False)"""

    def tab(**options):
        found = page(**options)
        browser.get(f"{server.address}train")
        found.until(lambda: found.find("test").text)
        return found

    return tab


def steps(tab):
    return int(tab.find("steps").text.replace(",", ""))


def choose(tab, name, value):
    from selenium.webdriver.support.ui import Select

    Select(tab.browser.find_element("name", name)).select_by_visible_text(value)


def test_a_network_learns_before_the_readers_eyes_and_pauses(tab, out):
    tab = tab()
    output = "return document.getElementById('output').toDataURL()"
    before = tab.run(output)
    tab.find("run").click()
    tab.until(lambda: steps(tab) > 100)
    assert tab.find("run").text == "Pause"
    tab.find("run").click()
    tab.until(lambda: tab.find("run").text == "Start")
    done = steps(tab)
    tab.says(f"Step {done}: of the test points ")
    time.sleep(0.3)
    assert steps(tab) == done and tab.run(output) != before
    assert len(tab.browser.find_elements("css selector", "canvas.unit")) == 4 + 2
    assert len(tab.browser.find_elements("css selector", "#network line")) == 2 * 4 + 4 * 2 + 2 * 2
    tab.picture(out / "train.png")


def test_one_step_is_one_step_and_new_weights_begin_anew(tab):
    tab = tab()
    weights = "return document.querySelector('#network svg').innerHTML"
    tab.find("step").click()
    tab.until(lambda: steps(tab) == 1)
    before = tab.run(weights)
    tab.find("reset").click()
    tab.until(lambda: steps(tab) == 0 and tab.run(weights) != before)


def test_another_setting_makes_another_network_and_a_wrong_one_is_told(tab):
    from selenium.webdriver.common.keys import Keys

    tab = tab()
    hidden = tab.browser.find_element("name", "hidden")
    hidden.clear()
    hidden.send_keys("3 3 2", Keys.TAB)
    columns = "return document.querySelectorAll('.column').length"
    tab.until(lambda: tab.run(columns) == 5)
    choose(tab, "data", "spirals")
    hidden.clear()
    hidden.send_keys("12", Keys.TAB)
    tab.until(lambda: tab.find("trouble").is_displayed())
    assert tab.find("trouble").text.startswith("a hidden size must be a number")
    assert not tab.find("run").is_enabled()
    hidden.clear()
    hidden.send_keys("4", Keys.TAB)
    tab.until(lambda: tab.find("run").is_enabled() and not tab.find("trouble").is_displayed())
    assert tab.browser.get_log("browser")[0]["message"].endswith("400 (Bad Request)")


def test_a_training_that_diverges_says_what_to_try(tab):
    tab = tab()
    for name, value in (("optimizer", "SGD"), ("activation", "relu"), ("lr", "3")):
        choose(tab, name, value)
    choose(tab, "decay", "0.1")
    tab.run("document.querySelector('[name=lr]').selectedOptions[0].value = '9'")
    choose(tab, "init", "std 1")
    tab.until(lambda: tab.find("run").is_enabled())
    tab.find("run").click()
    tab.until(lambda: tab.find("trouble").is_displayed() or steps(tab) > 300)
    if tab.find("trouble").is_displayed():
        assert "try a smaller learning rate" in tab.find("trouble").text


def picture_of(tab, place):
    return tab.run(f"return document.querySelector('{place}').toDataURL()")


def right(tab):
    """How many of the test examples are right, in %."""
    return float(tab.find("test").text.split(", ")[1].removesuffix(" %"))


def test_a_network_learns_digits_and_its_weights_move(tab, out):
    tab = tab()
    choose(tab, "data", "digits of MNIST")
    tab.until(lambda: tab.run("return document.querySelectorAll('#filters canvas').length") == 24)
    assert not tab.find("output").is_displayed() and tab.find("filters").is_displayed()
    assert tab.browser.find_element("name", "hidden").get_attribute("value") == "50"
    tab.until(lambda: steps(tab) == 0 and tab.find("largest").text)
    weights, activations = (
        picture_of(tab, f"#{part} canvas") for part in ("filters", "histograms")
    )
    tab.find("run").click()
    tab.until(lambda: right(tab) > 70)  # of a hundred test digits; ten by chance
    tab.find("run").click()
    tab.until(lambda: tab.find("run").text == "Start")
    tab.says(f"Step {steps(tab)}: of the test digits ")
    assert picture_of(tab, "#filters canvas") != weights
    assert picture_of(tab, "#histograms canvas") != activations
    first = tab.browser.find_elements("css selector", "#read canvas")[0]
    assert first.get_attribute("aria-label").startswith("A 7, read as 7, ")
    tab.picture(out / "train-digits.png")
    choose(tab, "data", "xor")
    tab.until(lambda: steps(tab) == 0 and tab.find("output").is_displayed())
    assert tab.browser.find_element("name", "hidden").get_attribute("value") == "4 2"


def test_without_mnist_the_page_says_what_to_do_and_points_still_work(tab, server, monkeypatch):
    monkeypatch.setattr(server.trainings, "digits", None)
    tab = tab()
    choose(tab, "data", "digits of MNIST")
    tab.until(lambda: tab.find("trouble").is_displayed())
    assert tab.find("trouble").text.startswith("the digits of MNIST are not here: dlscratch info")
    assert not tab.find("run").is_enabled()
    choose(tab, "data", "xor")
    tab.until(lambda: tab.find("run").is_enabled() and not tab.find("trouble").is_displayed())
    tab.browser.get_log("browser")  # 400, meant


def test_digits_on_a_phone_in_the_dark(tab, out):
    tab = tab(width=375, height=812, dark=True)
    choose(tab, "data", "digits of MNIST")
    tab.until(lambda: tab.run("return document.querySelectorAll('#read canvas').length") == 20)
    assert tab.run("return document.documentElement.scrollWidth") == 375
    tab.picture(out / "train-digits-phone.png")


def test_by_keys_alone_and_on_a_phone_nothing_hangs_out(tab, out):
    from selenium.webdriver.common.keys import Keys

    tab = tab(width=390, height=844)
    assert tab.run("return document.documentElement.scrollWidth") == 390
    tab.find("run").send_keys(Keys.ENTER)
    tab.until(lambda: steps(tab) > 5)
    tab.find("run").send_keys(Keys.SPACE)
    tab.until(lambda: tab.find("run").text == "Start")
    tab.picture(out / "train-phone.png")


def test_every_control_has_a_name_and_the_tabs_lead_to_each_other(tab):
    tab = tab(dark=True)
    named = (
        "return [...document.querySelectorAll('select, input')].every(c => c.labels.length === 1)"
    )
    assert tab.run(named)
    tab.browser.find_element("link text", "Draw").click()
    tab.until(lambda: tab.browser.title.startswith("Draw a digit"))
    tab.browser.find_element("link text", "Train").click()
    tab.until(lambda: tab.browser.title.startswith("Watch a network learn"))


# ---- the tab of the race


@pytest.fixture
def race(page, browser, server):
    """The Race tab, opened anew: race(width=1200, height=900, dark=False)"""

    def race(**options):
        found = page(**options)
        browser.get(f"{server.address}race")
        found.until(lambda: found.find("run").is_enabled())
        return found

    return race


def heights(race):
    """How high each optimizer stands, as it is written there."""
    return [row.text.split()[-1] for row in race.browser.find_elements("css selector", "tbody tr")]


def rate_of(race, name, value):
    from selenium.webdriver.common.keys import Keys

    field = race.browser.find_element("name", name)
    field.clear()
    field.send_keys(value, Keys.TAB)


def test_four_optimizers_race_pause_and_go_on_to_the_end(race, out):
    race = race()
    before = picture_of(race, "#valley")
    assert heights(race) == ["6.5"] * 4  # 49 / 20 + 4
    race.find("run").click()
    race.until(lambda: steps(race) > 5)
    race.find("run").click()
    race.until(lambda: race.find("run").text == "Start")
    done = steps(race)
    race.says(f"Step {done}, height: SGD ")
    time.sleep(0.3)
    assert steps(race) == done and picture_of(race, "#valley") != before
    race.picture(out / "race.png")
    race.find("again").click()
    assert steps(race) == 0 and picture_of(race, "#valley") == before
    for _ in range(29):
        race.find("step").click()
    assert heights(race) == ["0.016", "0.11", "0.00093", "0.10"]  # AdaGrad is lowest, as in ch06


def test_another_rate_makes_another_race_and_too_large_a_one_leaves_the_valley(race):
    race = race()
    rate_of(race, "SGD", "1.2")
    race.until(lambda: race.find("run").is_enabled() and steps(race) == 0)
    for _ in range(25):
        race.find("step").click()
    assert "SGD far away" in race.find("spoken").get_attribute("textContent")
    rate_of(race, "SGD", "11")
    race.until(lambda: race.find("trouble").is_displayed())
    assert race.find("trouble").text.startswith("the learning rate of SGD must be a number")
    assert not race.find("run").is_enabled()
    rate_of(race, "SGD", "0.5")
    race.until(lambda: race.find("run").is_enabled() and not race.find("trouble").is_displayed())
    race.browser.get_log("browser")  # 400, meant


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_click_or_a_finger_chooses_the_start_and_keys_do_too(kind, race, out):
    from selenium.webdriver.common.actions.action_builder import ActionBuilder
    from selenium.webdriver.common.actions.pointer_input import PointerInput
    from selenium.webdriver.common.keys import Keys

    race = race(width=375, height=812, dark=True) if kind == "touch" else race()
    left, top, width, height = race.run(
        "const box = document.getElementById('valley').getBoundingClientRect();"
        "return [box.left, box.top, box.width, box.height]"
    )
    actions = ActionBuilder(race.browser, mouse=PointerInput(kind, kind))
    actions.pointer_action.move_to_location(round(left + 0.75 * width), round(top + 0.3 * height))
    actions.pointer_action.pointer_down().pointer_up()
    actions.perform()
    x, y = (race.browser.find_element("name", name) for name in "xy")
    race.until(lambda: abs(float(x.get_attribute("value")) - 5) < 0.2)
    assert abs(float(y.get_attribute("value")) - 2) < 0.2
    race.until(lambda: abs(float(heights(race)[0]) - 5.25) < 0.5)  # 25 / 20 + 4
    y.send_keys(Keys.CONTROL, "a")
    y.send_keys("0", Keys.TAB)
    race.until(lambda: abs(float(heights(race)[0]) - 1.25) < 0.1)
    assert race.run("return document.documentElement.scrollWidth <= innerWidth")
    race.picture(out / f"race-{kind}.png")


# ---- the tab of the computational graph


@pytest.fixture
def steps_of(page, browser, server):
    """The Graph tab, opened anew."""
    found = page()
    browser.get(f"{server.address}graph")
    found.until(lambda: found.run("return document.querySelectorAll('.node').length"))
    return found


def test_a_graph_is_stepped_through_forwards_and_back(steps_of, out):
    from selenium.webdriver.common.keys import Keys

    told = steps_of.find("told")
    assert told.text == "Next shows the first operation."
    steps_of.find("next").click()
    assert told.text == "Step 1 of 5. 100 × 2 = 200."
    steps_of.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert told.text.startswith("Step 3 of 5. The gradient of the result")
    steps_of.find("last").click()
    assert told.text.endswith("1.1 becomes 2.2.")
    grads = "return [...document.querySelectorAll('.grad')].map(text => text.textContent)"
    assert sorted(steps_of.run(grads)) == ["1", "1.1", "2.2", "200"]
    steps_of.picture(out / "graph.png")
    steps_of.press(Keys.ARROW_LEFT)
    assert sorted(steps_of.run(grads)) == ["1", "1.1", "200"]


BOXES = """return [...document.querySelectorAll('#graph text')].filter(text => text.textContent)
  .map(text => text.getBoundingClientRect()).map(({left, right, top, bottom}) => {
    const leading = (bottom - top - 10) / 2; // a line of words is higher than its letters
    return [left, right, top + leading, bottom - leading]; })"""


@pytest.mark.parametrize("width", [1200, 375])
def test_no_words_of_a_graph_lie_on_others_on_a_screen_of_any_width(width, page, browser, server):
    room = page(width=width)
    browser.get(f"{server.address}graph")
    nodes = "return document.querySelectorAll('.node :is(circle, rect)').length"
    for what, count in (("x * x * x", 2), ("(x + y) * (x - y)", 3), ("log(exp(a) / exp(b))", 5)):
        room.find("what").clear()
        room.find("what").send_keys(what)
        room.until(lambda count=count: room.run(nodes) == count)
        room.find("last").click()
        boxes = room.run(BOXES)
        assert len(boxes) > 10  # the names, and two at each edge
        for (l1, r1, t1, b1), (l2, r2, t2, b2) in combinations(boxes, 2):
            assert r1 <= l2 or r2 <= l1 or b1 <= t2 or b2 <= t1, (what, l1, t1, l2, t2)
    assert room.run("return document.documentElement.scrollWidth") == width
    browser.get_log("browser")  # what is half typed is no expression: 400, meant


def test_a_value_is_edited_and_all_follow(steps_of):
    steps_of.find("last").click()
    field = steps_of.browser.find_element("name", "apple")
    field.clear()
    field.send_keys("120")
    told = "return document.querySelector('#graph').textContent"
    steps_of.until(lambda: "264" in steps_of.run(told))  # 120 * 2 * 1.1


def test_an_expression_of_ones_own_and_one_that_is_none(steps_of):
    what = steps_of.find("what")
    what.clear()
    what.send_keys("tanh(u) + v")
    steps_of.until(
        lambda: "tanh" in steps_of.run("return document.querySelector('#graph').textContent")
    )
    assert [
        f.get_attribute("name")
        for f in steps_of.browser.find_elements("css selector", "#values input")
    ] == ["u", "v"]
    what.send_keys(" +")
    steps_of.until(lambda: steps_of.find("trouble").is_displayed())
    assert steps_of.find("trouble").text.startswith("this is not an expression")
    what.send_keys(" 1")
    steps_of.until(lambda: not steps_of.find("trouble").is_displayed())
    steps_of.browser.get_log("browser")  # 400, meant
