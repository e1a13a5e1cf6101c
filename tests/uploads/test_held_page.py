"""The page for text in pictures, in a real browser: boxes dropped, drawn, moved, pulled, and sent so."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.test import Client

from imaging.models import Series
from phantom import ct_series, radiograph
from registry.models import Subject, User
from tests.burned import burned
from tests.uploads.held import FILM, PERSON, stored_files
from tests.uploads.people import DAY, Sender, work_off
from uploads.models import Hold

pytestmark = pytest.mark.django_db(transaction=True)
TWO = burned(FILM, "KIM CHULSOO 77", (10, 200))
STAGE = '[data-part="drawing"]'
BOXES = f"{STAGE} rect:not(.corner)"
Open = Callable[..., Any]


@pytest.fixture
def open_page(browser: Any, live_server: Any, radiologist: User) -> Iterator[Open]:
    """The page of a held series for the radiologist, in a browser window of its own; complaints are told."""
    contexts = []

    def opened(hold: Hold, **options: Any) -> Any:
        client = Client()
        client.force_login(radiologist, backend="django.contrib.auth.backends.ModelBackend")
        context = browser.new_context(base_url=live_server.url, **{"locale": "en-US", **options})
        contexts.append(context)
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.session.session_key}
        context.add_cookies([{**cookie, "url": live_server.url}])
        page = context.new_page()
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on("console", lambda said: page.wrong.append(said.text) if said.type == "error" else None)
        page.goto(f"/series/{hold.series}/text/")
        page.wait_for_selector(f"{STAGE} rect, {STAGE}[viewBox]")
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            page.wait_for_load_state("networkidle")
        context.close()


def held(sender: Sender, subject: Subject, *files: bytes) -> Hold:
    sender.bring(subject.code, files)
    return Hold.objects.get()


def regions(page: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        "JSON.parse(document.querySelector('[data-part=regions]').value)"
    )
    return found


def shown(page: Any) -> None:
    page.wait_for_selector('[data-state="shown"]')


def at(page: Any, x: float, y: float) -> tuple[float, float]:
    """Where on the screen a pixel of the picture is."""
    where = "([x, y]) => { const at = new DOMPoint(x, y).matrixTransform(document.querySelector("
    where += f"'{STAGE}').getScreenCTM()); return [at.x, at.y]; }}"
    across, down = page.evaluate(where, [x, y])
    return across, down


def drag(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, (start[0] + end[0]) / 2, (start[1] + end[1]) / 2))
    page.mouse.move(*at(page, *end))
    page.mouse.up()


def near(box: list[int], wanted: list[int], by: int = 2) -> bool:
    return all(abs(a - b) <= by for a, b in zip(box, wanted, strict=True))


def test_boxes_stand_on_the_picture_and_one_click_masks_them(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    page = open_page(held(sender, subject, TWO))
    assert page.locator(BOXES).count() == 2
    image = page.locator('[data-part="image"]')
    assert image.evaluate("image => image.complete && image.naturalWidth") == 256
    where = [page.locator(BOXES).nth(0).bounding_box(), image.bounding_box()]
    assert where[1]["x"] <= where[0]["x"]
    assert where[1]["y"] <= where[0]["y"]
    page.get_by_role("button", name="Mask 2 boxes and go on").click()
    page.wait_for_url(re.compile("/uploads/"))
    assert page.wrong == []
    work_off()
    assert Series.objects.get().state == Series.State.STORED
    page.reload()
    assert "1 of 1 file is in the registry" in page.content()


def test_a_false_box_is_dropped_and_another_drawn_moved_and_pulled(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    page = open_page(held(sender, subject, TWO))
    page.get_by_role("button", name="Remove box 2").click()
    drag(page, (100, 100), (140, 120))
    first, drawn = (one["box"] for one in regions(page))
    assert near(drawn, [100, 100, 40, 20])
    drag(page, (120, 110), (60, 140))
    assert near(regions(page)[1]["box"], [40, 130, 40, 20], 3)
    x, y, width, height = regions(page)[1]["box"]
    drag(page, (x + width, y + height), (x + 80, y + 50))
    assert near(regions(page)[1]["box"], [x, y, 80, 50], 3)
    drag(page, (x + 20, y + 20), (500, 500))
    x, y, width, height = regions(page)[1]["box"]
    assert (x + width, y + height) == (256, 256)
    page.locator('[data-part="go"]').click()
    page.wait_for_url(re.compile("/uploads/"))
    work_off()
    (dataset,) = stored_files(sender)
    last = [x, y, width, height]
    for left, top, across, down in (first, last):
        assert len(np.unique(dataset.pixel_array[top : top + down, left : left + across])) == 1
    assert [one["box"] for one in Hold.objects.get().regions] == [first, last]
    assert page.wrong == []


def test_a_click_draws_nothing_and_no_box_masks_nothing(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    page = open_page(held(sender, subject, FILM))
    drag(page, (100, 100), (101, 101))
    assert len(regions(page)) == 1
    page.get_by_role("button", name="Remove box 1").click()
    assert page.locator('[data-part="go"]').is_disabled()
    assert "No box on this picture." in page.content()


def test_everything_by_keyboard(sender: Sender, subject: Subject, open_page: Open) -> None:
    page = open_page(held(sender, subject, FILM))
    page.keyboard.press("b")
    assert len(regions(page)) == 2
    x, y, width, height = regions(page)[1]["box"]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    assert regions(page)[1]["box"] == [x + 1, y + 10, width - 1, height]
    page.keyboard.press("Delete")
    assert len(regions(page)) == 1
    page.keyboard.press("w")
    assert page.locator('[data-part="image"]').get_attribute("src").endswith("?window=whole")
    assert page.wrong == []


def test_several_pictures_are_walked_through_and_a_box_can_go_to_all(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    slices = ct_series(seed=1, slices=4, matrix=128, person=PERSON, study_date=DAY)
    files = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in slices]
    page = open_page(held(sender, subject, *files))
    place = page.locator('[data-part="place"]')
    assert place.inner_text() == "Picture 1 of 4"
    page.keyboard.press("k")
    assert place.inner_text() == "Picture 4 of 4"
    page.keyboard.press("j")
    assert place.inner_text() == "Picture 1 of 4"
    (one,) = regions(page)
    assert (one["pictures"], one["everywhere"]) == ([0, 1, 2, 3], True)
    page.get_by_role("button", name="Not on this picture").click()
    assert page.get_by_text("3 others still have it").is_visible()
    assert (page.locator(BOXES).count(), regions(page)[0]["without"]) == (0, [0])
    page.get_by_role("button", name="Put it back").click()
    assert (page.locator(BOXES).count(), regions(page)[0]["without"]) == (1, [])
    page.get_by_label("on every image").uncheck()
    page.keyboard.press("j")
    shown(page)
    assert not page.get_by_label("on every image").is_checked()
    page.get_by_role("button", name="Not on this picture").click()
    page.get_by_role("button", name="Mask 1 box and go on").click()
    page.wait_for_url(re.compile("/uploads/"))
    assert page.wrong == []
    work_off()
    masked = [one.BurnedInAnnotation for one in stored_files(sender) if "BurnedInAnnotation" in one]
    assert masked == ["NO"] * 3


def test_a_box_of_all_pictures_is_removed_from_all_by_a_button_that_says_so(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    slices = ct_series(seed=1, slices=4, matrix=128, person=PERSON, study_date=DAY)
    files = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in slices]
    page = open_page(held(sender, subject, *files))
    page.get_by_role("button", name="Remove box 1 from all pictures").click()
    page.keyboard.press("j")
    shown(page)
    assert (page.locator(BOXES).count(), regions(page)) == (0, [])
    assert page.locator('[data-part="go"]').is_disabled()


def test_no_picture_stays_under_the_boxes_of_another_and_a_lost_one_is_said(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    slices = ct_series(seed=1, slices=2, matrix=128, person=PERSON, study_date=DAY)
    files = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in slices]
    page = open_page(held(sender, subject, *files))
    waiting: list[Any] = []
    page.route("**/1.png", lambda route: waiting.append(route))
    page.keyboard.press("j")
    assert page.get_by_text("The picture is coming").is_visible()
    assert not page.locator('[data-part="image"]').is_visible()
    while not waiting:
        page.wait_for_timeout(20)
    waiting[0].abort()
    page.wait_for_selector('[data-state="lost"]')
    assert page.get_by_text("This picture cannot be shown").is_visible()
    assert not page.locator(BOXES).first.is_visible()
    page.unroute("**/1.png")
    page.get_by_role("button", name="Try again").click()
    shown(page)
    assert page.locator(BOXES).first.is_visible()


def test_a_large_radiograph_is_enlarged_to_its_own_pixels(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    plain = radiograph(seed=4, rows=2000, person=PERSON, study_date=DAY)
    page = open_page(held(sender, subject, burned(plain, "HONG GILDONG 00123456", (20, 20), size=40)))
    image, stage = page.locator('[data-part="image"]'), page.locator('[data-part="stage"]')
    size = "image => [image.naturalHeight, image.getBoundingClientRect().height]"
    sent, small = image.evaluate(size)
    assert sent == 1600
    assert small <= stage.bounding_box()["height"] + 1
    for _ in range(6):
        page.keyboard.press("+")
    for _ in range(200):
        sent, large = image.evaluate(size)
        if sent == 2000:
            break
        page.wait_for_timeout(50)
    assert sent == 2000
    assert large > 2000
    assert stage.evaluate("stage => stage.scrollHeight > 2 * stage.clientHeight")
    stage.evaluate("stage => stage.scrollTo(0, 0)")
    drag(page, (100, 200), (300, 260))
    assert near(regions(page)[-1]["box"], [100, 200, 200, 60])
    page.keyboard.press("0")
    assert image.evaluate(size)[1] == pytest.approx(small, abs=1)
    page.get_by_role("button", name="Larger").click()
    assert image.evaluate(size)[1] == pytest.approx(1.5 * small, abs=2)
    touch = "(steps) => steps.forEach(([type, pointerId, clientX, clientY]) => document.querySelector("
    touch += f"'{STAGE}').dispatchEvent(new PointerEvent(type, "
    touch += "{pointerId, clientX, clientY, pointerType: 'touch', bubbles: true, cancelable: true})))"
    before = regions(page)
    x, y = at(page, 600, 600)
    page.evaluate("SVGElement.prototype.setPointerCapture = () => {}")
    page.evaluate(touch, [["pointerdown", 7, x - 20, y], ["pointermove", 7, x - 60, y + 60]])
    assert len(regions(page)) == len(before) + 1
    page.evaluate(touch, [["pointerdown", 8, x + 20, y], ["pointermove", 8, x + 200, y]])
    assert regions(page) == before
    assert image.evaluate(size)[1] > 1.6 * small
    page.evaluate(touch, [["pointerup", 7, x, y], ["pointerup", 8, x, y]])
    page.evaluate(touch, [["pointerdown", 9, x, y], ["pointermove", 9, x + 50, y + 50]])
    page.evaluate(touch, [["pointercancel", 9, x, y], ["pointermove", 9, x + 90, y + 90]])
    assert regions(page) == before
    assert page.wrong == []


def test_who_keeps_text_is_led_to_what_was_not_looked_at(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    slices = ct_series(seed=1, slices=5, matrix=128, person=PERSON, study_date=DAY)
    files = [burned(data, "HONG GILDONG", (6, 6), size=14, value=4095) for data in slices[:4]]
    files.append(burned(slices[4], "KIM CHULSOO", (6, 100), size=14, value=4095))
    page = open_page(held(sender, subject, *files))
    shown(page)
    page.get_by_text("The text identifies nobody").click()
    assert page.get_by_text("You have opened 1 of 5 pictures.").is_visible()
    assert page.get_by_text("Text in 1 place has not been looked at yet.").is_visible()
    keep = page.get_by_role("button", name="Keep the picture as it is")
    assert keep.is_disabled()
    page.get_by_role("button", name="Open the next one").click()
    shown(page)
    assert page.get_by_text("You have opened 2 of 5 pictures.").is_visible()
    page.get_by_label("Why it may stay").fill("a label of the phantom")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    keep.click()
    page.wait_for_url(re.compile("/uploads/"))
    assert asked == ["3 pictures were not opened. Does their text identify nobody either?"]
    assert Hold.objects.get().decision == Hold.Decision.KEEP


def test_a_reason_to_keep_is_asked_for_and_what_was_typed_stays(
    sender: Sender, subject: Subject, open_page: Open
) -> None:
    page = open_page(held(sender, subject, FILM))
    page.get_by_text("The text identifies nobody").click()
    page.get_by_label("Why it may stay").fill("ask 010-1234-5678")
    shown(page)
    page.get_by_role("button", name="Keep the picture as it is").click()
    page.wait_for_selector(".notice-error")
    page.wait_for_load_state("networkidle")
    assert page.get_by_label("Why it may stay").input_value() == "ask 010-1234-5678"
    page.get_by_label("Why it may stay").fill("a label of the phantom")
    page.get_by_role("button", name="Keep the picture as it is").click()
    page.wait_for_url(re.compile("/uploads/"))
    assert Hold.objects.get().decision == Hold.Decision.KEEP


def test_refusing_asks_first(sender: Sender, subject: Subject, open_page: Open) -> None:
    page = open_page(held(sender, subject, FILM))
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Refuse this series").click()
    assert not Hold.objects.get().decision
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Refuse this series").click()
    page.wait_for_url(re.compile("/uploads/"))
    assert Hold.objects.get().decision == Hold.Decision.REFUSE


@pytest.mark.parametrize("width", [375, 1280])
def test_wide_and_narrow_pictures_fit_the_screen(
    sender: Sender, subject: Subject, open_page: Open, width: int
) -> None:
    big = burned(
        radiograph(seed=4, rows=1024, person=PERSON, study_date=DAY), "HONG GILDONG 00123456", (20, 20)
    )
    page = open_page(held(sender, subject, big), viewport={"width": width, "height": 800}, locale="ko")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    box = page.locator(BOXES).first.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.wrong == []
