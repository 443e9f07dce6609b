"""The simulated district: the same for a seed, whole, and with each subsystem's own rhythm."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from statistics import fmean

from contracts.indicator import CaseBody, MentionBody, ObservationBody
from hub.catalogue import loader
from hub.mentions.near_copies import NearCopies
from hub.mentions.read import candidate, read
from hub.wording import LOCAL
from ioc.simulate.district import LEFT_TO_THE_HUB, District
from ioc.simulate.feed import OUTAGE_DAYS, local_day
from ioc.simulate.machines import FEEDS as MACHINES
from ioc.simulate.public_services import bad_week, stories
from ioc.simulate.weather import weather
from ioc.simulate.world import World
from tests.ioc.simulate.conftest import SINCE, UNTIL, Month

DAY = timedelta(days=1)


def figures(month: Month, measure: str) -> list[ObservationBody]:
    return [
        each.body
        for each in month.told
        if isinstance(each.body, ObservationBody) and each.body.measure == measure
    ]


def cases(month: Month, kind: str) -> dict[str, list[CaseBody]]:
    found: dict[str, list[CaseBody]] = defaultdict(list)
    for each in month.told:
        if isinstance(each.body, CaseBody) and each.body.type == kind:
            found[each.body.case].append(each.body)
    return found


def texts(month: Month) -> list[MentionBody]:
    return [each.body for each in month.told if isinstance(each.body, MentionBody)]


def days(begin: date = date(2026, 10, 1), count: int = 31) -> list[date]:
    return [begin + DAY * n for n in range(count)]


def test_the_same_seed_tells_the_same(month: Month) -> None:
    some = District(World(seed=7)).told(UNTIL - 3 * DAY, UNTIL)
    again = District(World(seed=7)).told(UNTIL - 3 * DAY, UNTIL)
    other = District(World(seed=8)).told(UNTIL - 3 * DAY, UNTIL)
    assert some == again
    assert [each.body for each in some] != [each.body for each in other]


def test_a_longer_run_tells_the_same_of_the_days_that_both_have(month: Month) -> None:
    begin = UNTIL - 2 * DAY
    short = [each.body for each in District(World(seed=7)).told(begin, UNTIL)]
    posts = [each for each in short if isinstance(each, MentionBody)]
    assert posts
    assert posts == [each for each in texts(month) if each.published_at >= begin]


def test_every_measure_is_told_or_says_who_reports_it(month: Month) -> None:
    told = {each.body.measure for each in month.told if isinstance(each.body, ObservationBody)}
    known = set(loader.load().measures)
    assert told <= known
    assert known - told == set(LEFT_TO_THE_HUB)


def test_words_come_in_order_and_none_from_the_future(month: Month) -> None:
    moments = [each.at for each in month.told]
    assert moments == sorted(moments)
    assert moments[-1] < UNTIL
    for each in month.told:
        if isinstance(each.body, CaseBody):
            assert each.body.at <= each.at
        if isinstance(each.body, MentionBody):
            assert each.body.published_at <= each.at


def test_schools_are_silent_at_weekends_and_their_figures_add_up(month: Month) -> None:
    enrolled = figures(month, "education.pupils-enrolled")
    assert {local_day(each.period_start).weekday() for each in enrolled} == {0, 1, 2, 3, 4}
    first = next(each for each in enrolled)
    parts = [
        each.value
        for name in ("present", "absent-excused", "absent-unexcused")
        for each in figures(month, f"education.pupils-{name}")
        if (each.unit, each.period_start) == (first.unit, first.period_start)
    ]
    assert sum(parts[:3]) == first.value


def test_summer_has_no_school() -> None:
    calendar = World(seed=7).calendar
    assert not calendar.is_school_day(date(2026, 7, 15))
    assert calendar.is_school_day(date(2026, 10, 14))
    assert not calendar.is_working_day(date(2026, 2, 17)), "Tết"


def test_mondays_bring_more_dossiers_than_fridays(month: Month) -> None:
    by_day = Counter(local_day(steps[0].at).weekday() for steps in cases(month, "dossier").values())
    assert by_day[0] > by_day[4] > by_day[6]


def test_a_bad_week_makes_dossiers_late_in_one_commune_alone() -> None:
    late: dict[bool, list[bool]] = {True: [], False: []}
    world = World(seed=7, scale=0.2)
    for story in (each for day in days() for each in stories(world, day)):
        done = next((step for step in story.steps if step.state == "9"), None)
        begun = [step for step in story.steps if step.state == "4"]
        if done is not None and done.due_at is not None and begun:
            bad = bad_week(world, story.unit, begun[-1].at.date())
            late[bad].append(done.at > done.due_at)
    assert len(late[True]) >= 50
    assert fmean(late[True]) > 0.2
    assert fmean(late[False]) < 0.06


def test_rain_of_october_is_more_than_that_of_april() -> None:
    world = World(seed=7)
    commune = world.of_kind("commune")[0].id
    wet = sum(weather(world, commune, day).rain_of_day for day in days())
    dry = sum(weather(world, commune, day).rain_of_day for day in days(date(2026, 4, 1)))
    assert wet > 3 * dry


def test_vehicles_rush_in_the_morning_and_rest_at_night(month: Month) -> None:
    by_hour: dict[int, list[float]] = defaultdict(list)
    for each in figures(month, "cameras.vehicles"):
        by_hour[each.period_start.astimezone(LOCAL).hour].append(each.value)
    assert fmean(by_hour[7]) > 3 * fmean(by_hour[2])
    assert set(by_hour) == set(range(24))


def test_a_feed_is_silent_for_two_days_and_then_tells_all(month: Month) -> None:
    feed = next(each for each in MACHINES if each.name == "camera-health")
    nights = [SINCE + DAY * n for n in range(31)]
    silent = {local_day(night) for night in nights if feed.silent(month.world, night)}
    told = Counter(
        local_day(each.at)
        for each in month.told
        if isinstance(each.body, ObservationBody) and each.body.measure == "cameras.tampers"
    )
    assert len(silent) in (OUTAGE_DAYS, 2 * OUTAGE_DAYS)
    assert all(told[day] == 0 for day in silent)
    assert max(told.values()) == (OUTAGE_DAYS + 1) * len(month.world.of_kind("camera"))


def test_some_figures_are_corrected_late_or_missing(month: Month) -> None:
    told = figures(month, "education.pupils-present")
    by_key = Counter((each.unit, each.period_start) for each in told)
    mornings = len({each.period_start for each in told})
    assert max(by_key.values()) == 2, "a correction"
    assert len(by_key) < mornings * len(month.world.of_kind("school")), "some never come"


def test_dengue_gathers_in_one_place(month: Month) -> None:
    near = [
        steps[0]
        for name, steps in cases(month, "disease").items()
        if name.rpartition("-")[2].startswith("o")
    ]
    assert len(near) >= 4
    assert {each.attributes["disease"] for each in near} == {"sot-xuat-huyet"}
    by_unit = Counter(each.unit for each in near)
    place = by_unit.most_common(1)[0][0]
    lats = [float(each.attributes["lat"]) for each in near if each.unit == place]
    assert max(lats) - min(lats) < 0.006


def test_the_fire_is_written_of_copied_and_reported_by_a_citizen(month: Month) -> None:
    fire = next(day for day in days() if month.world.story_day("forest-fire", day) == 0)
    place = month.world.story_place("forest-fire", fire)
    of_day = [each for each in texts(month) if local_day(each.published_at) == fire]
    readings = [(each, read(each.title, each.text, each.published_at)) for each in of_day]
    found = [one for _, reading in readings if (one := candidate(reading)) is not None]
    assert {one.commune for one in found if one.kind.value == "fire"} >= {place.id}
    copies, clusters = NearCopies(), set()
    for number, (each, reading) in enumerate(readings):
        clusters.add(copies.add(str(number), reading.signature, each.published_at))
    assert len(clusters) < len(readings), "near copies"
    reported = [steps[0] for steps in cases(month, "report").values()
                if steps[0].attributes["category"] == "chay"]  # fmt: skip
    assert [(local_day(each.at), each.unit) for each in reported] == [(fire, place.id)]


def test_what_burns_elsewhere_is_no_candidate_here(month: Month) -> None:
    rumours = [each for each in texts(month) if "Lan truyền clip" in each.title]
    for each in rumours:
        assert candidate(read(each.title, each.text, each.published_at)) is None


def test_some_documents_are_urgent(month: Month) -> None:
    urgency = Counter(
        str(steps[0].attributes["urgency"]) for steps in cases(month, "document-in").values()
    )
    assert urgency["thuong"] > urgency["khan"] >= 1


def test_everything_says_that_it_is_simulated(month: Month) -> None:
    for unit in month.world.units:
        assert unit.kind in ("commune", "district") or "mô phỏng" in unit.name_vi
    for each in month.told:
        match each.body:
            case CaseBody(case=name):
                assert name.startswith("DEMO.")
            case MentionBody(source=source, url=url):
                assert source.startswith("mo-phong/")
                assert url.startswith("https://mo-phong.invalid/")


def test_news_goes_on_where_the_filling_ended() -> None:
    district = District(World(seed=7))
    end = UNTIL - timedelta(hours=11)
    whole = district.told(UNTIL - 2 * DAY, UNTIL)
    later = [each for each in whole if each.at >= end]
    news = district.news(end, UNTIL)
    assert {each.body.model_dump_json() for each in later} <= {
        each.body.model_dump_json() for each in news
    }
