"""The page as a person uses it, in a browser; where there is none, `test_explore` has to do."""

import re
import shutil
import signal
import subprocess
import sys

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright and a browser")
expect = playwright.expect

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def address():
    """Where `sigmajet explore` says that the page is, while it runs."""
    command = [sys.executable, "-u", "-m", "sigmajet", "explore", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        found = re.match(r"(http://127\.0\.0\.1:\d+/\?token=\S+)", server.stdout.readline())
        yield found[1]
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with playwright.sync_playwright() as play:
        try:
            opened = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except playwright.Error as error:
            pytest.skip(f"no browser: {error}")
        yield opened
        opened.close()


def is_fault(line):
    """Whether a line of the console is one: a statement that is refused is answered with 422."""
    return line.type == "error" and "422" not in line.text


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def page(browser, address, request):
    width, height = request.param
    view = browser.new_page(viewport={"width": width, "height": height})
    faults = []
    view.on("pageerror", lambda error: faults.append(str(error)))
    view.on("console", lambda line: faults.append(line.text) if is_fault(line) else None)
    view.goto(address)
    yield view
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    view.close()
    assert faults == []


def test_the_slider_of_the_order_redraws_curve_zeros_and_coefficients(page):
    page.get_by_label("order").fill("4")
    expect(page.locator("#curve circle")).to_have_count(3)  # s'''' has three zeros
    expect(page.locator("#coefficients")).to_have_text(re.compile(r"1,\s+-15,\s+50,\s+-60,\s+24"))
    expect(page.locator("#curve text")).to_have_text(
        ["-0.1", "-0.05", "0", "0.05", "0.1", "-10", "-5", "0", "5", "10"]
    )
    page.get_by_label("function").select_option("softplus")
    expect(page.locator("#curve circle")).to_have_count(2)
    page.get_by_label("function").press("Home")  # by keyboard alone


def test_a_problem_is_typed_solved_and_shown(page):
    page.get_by_role("tab", name="Derivatives").press("ArrowRight")
    expect(page.locator("#problem")).to_be_visible()
    page.get_by_label("begin with").select_option("Beam")
    expect(page.locator("#formulas math")).to_have_count(6)
    page.get_by_label("relative error").fill("1e-8")
    page.get_by_role("button", name="Solve").click()
    expect(page.locator("#verdict")).to_have_text(
        re.compile("relative error about"), timeout=60_000
    )
    expect(page.locator("#picture")).to_have_js_property("complete", True)
    assert page.locator("#picture").evaluate("image => image.naturalWidth") > 300
    with page.expect_download() as download:
        page.get_by_role("link", name="solution", exact=True).click()
    assert download.value.suggested_filename == "solution.npz"
    with page.expect_download() as download:
        page.get_by_role("link", name="picture", exact=True).click()
    assert download.value.suggested_filename == "solution.png"
    page.get_by_label("equations").fill("diff(w, x, 4) = 48*q")
    expect(page.locator("#answer")).to_have_class("earlier")  # than what is typed now


def test_a_region_is_drawn_as_what_it_is(page):
    page.get_by_role("tab", name="Problem").click()
    page.get_by_label("begin with").select_option("Disk with a hole")
    expect(page.locator("#formulas math")).to_have_count(4)
    page.get_by_label("relative error").fill("1e-4")
    page.get_by_role("button", name="Solve").click()
    expect(page.locator("#verdict")).to_have_text(
        re.compile("relative error about"), timeout=60_000
    )


def test_what_cannot_be_meant_is_said_while_it_is_typed(page):
    page.get_by_role("tab", name="Problem").click()
    page.get_by_label("equations").fill("u_t = k*u_xx + <img src=x onerror=alert(1)>")
    expect(page.locator("#message")).to_have_class("wrong")
    expect(page.locator("#message")).to_contain_text("equations[0], column")


def test_by_keyboard_alone_the_slider_moves_and_the_view_changes(page):
    page.get_by_label("order").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("order")).to_have_value("2")
    expect(page.locator("#curve circle")).to_have_count(1)  # s'' has one zero
    page.get_by_role("tab", name="Derivatives").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Problem")).to_be_focused()
    expect(page.locator("#problem")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#derivatives")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_read_on_either_ground(page, scheme):
    """WCAG 2.1 asks for a contrast of 4.5 between text and what is behind it."""
    page.emulate_media(color_scheme=scheme)
    ink, paper = page.evaluate(
        "(style => [style.color, style.backgroundColor])(getComputedStyle(document.body))"
    )
    dark, light = sorted([luminance(ink), luminance(paper)])
    assert (luminance(paper) < luminance(ink)) == (scheme == "dark")
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour):
    """Relative luminance of `rgb(...)`, as WCAG defines it."""
    shares = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
