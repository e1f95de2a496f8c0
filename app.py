"""The page: pick or type a program, and see its graph with every value and every gradient.

Widgets in, pictures out. Programs run in the worker of `graphviz_utils.running`; nothing of them runs in this process.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, cast
from urllib.parse import urlencode

import streamlit as st

from graphviz_utils import page
from graphviz_utils.model import GraphvizUtilsError, Look, Moment, Preset, Proof, Theme, Trace
from graphviz_utils.running import Limits, Safety, warm_up
from graphviz_utils.scenario import with_literal
from graphviz_utils.viewer import place_component, program_component

HOSTS = st.get_option("server.allowedHosts")
ALONE = page.is_loopback(st.get_option("server.address")) and bool(HOSTS) and all(map(page.is_loopback, HOSTS))
LIMITS = Limits()
PATIENCE = 0.7  # seconds that a visitor waits without being told so: most runs and drawings are done by then

state = st.session_state


def main() -> None:
    """The page from top to bottom."""
    st.set_page_config("graphviz_utils", page.ICON, layout="wide", initial_sidebar_state="collapsed")
    st.html(page.style_html())
    start_worker()
    if "visit" not in state:
        begin()
    visit().settle_run()
    doors = header()
    look, bar = controls()
    trouble = st.container(key="trouble_place")
    if state.torchviz:
        visit().compare()
    moment = picture_area(look, bar, doors)
    with trouble:
        say_trouble()
    left, right = st.columns([1, 1], gap="large")
    with left:
        editor()
        outputs()
    with right:
        story()
        leaf_table(look, moment)
    keep_link()
    bug, visit().bug = visit().bug, None
    if bug is not None:
        raise bug


@st.cache_resource(show_spinner=False)
def start_worker() -> page.Attempt[None]:
    """PyTorch is loaded in the worker while the first visitor looks at the page; once per server."""
    return page.Attempt(lambda _: warm_up())


@st.cache_resource(show_spinner=False)
def trial() -> page.Attempt[Safety]:
    """What keeps programs in is tried out while the first visitor looks at the page; once per server."""
    return page.Attempt(page.tried_out)


@st.cache_resource(show_spinner=False)  # frozen data: one copy serves all
def ready() -> Mapping[str, page.Program]:
    """The scenarios that come with the page."""
    return page.ready_programs(Path(__file__).parent / "scenarios")


@st.cache_resource(max_entries=128, show_spinner=False)  # frozen data again
def drawn(key: str, look: Look, moment: Moment, torchviz: str | None, _work: tuple[int, Trace, Event]) -> page.Drawn:  # noqa: ARG001
    """The picture of the run called `key`: its trace is drawn until the event is set."""
    hidden_lines, trace, stop = _work
    return page.drawn(trace, look, moment, torchviz, stop, hidden_lines, limits=LIMITS)


@st.cache_resource(max_entries=128, ttl=60, show_spinner=False)  # not for long: busy machines find fewer closed forms
def proved(key: str, moment: Moment, is_brought: bool, _work: tuple[page.Ran, Limits, Event, str]) -> tuple[Proof, ...]:  # noqa: ARG001
    """The proofs of the run called `key`, which was made here or is brought along."""
    ran, limits, stop, session = _work
    return page.proved(ran, moment, limits, stop, session)


@st.cache_resource(show_spinner=False)
def components() -> tuple[Any, Any]:
    """The viewer's program, which shows nothing, and a place that shows a picture in it; registered once per server."""
    component = st.components.v2.component
    program = component("graphviz_utils.program", js=program_component())
    return program, component("graphviz_utils.viewer", js=place_component())


def viewer(shown: page.Drawn, told: str) -> None:
    """The living picture."""
    program, place = components()
    data = {
        "scene": shown.document,
        "told": told,
        "stale": visit().is_behind or visit().drawing is not None,
        "proving": visit().proving.attempt is not None,
    }
    with st.container(gap=None):
        program(key="program")
        place(data=data, key="viewer", on_input_change=on_input, on_prove_change=on_prove)


@st.cache_data(max_entries=256, show_spinner=False)
def leaf_columns(key: str, moment: Moment, digits: int, _trace: Trace) -> dict[str, list[Any]]:  # noqa: ARG001
    """The leaves of the run called `key`, as a table."""
    return page.leaf_columns(page.leaf_rows(_trace, moment, digits))


# ---------------------------------------------------------------------------------------------------------------- state


def visit() -> page.Visit:
    """What this visitor has on the page."""
    return cast(page.Visit, state.visit)


def begin() -> None:
    """A visitor has come: by a link with a scenario or a program, or without one."""
    names, words = list(ready()), ""
    state.picker = st.query_params.get("scenario", names[0])
    if state.picker not in names:
        words = f"There is no scenario called {state.picker[:80]!r} here; this is the first one."
        state.picker = names[0]
    program = ready()[state.picker]
    if "code" in st.query_params:
        try:
            program = page.Program.of(page.code_of_link(st.query_params["code"]), f"{page.OWN}.py", "link")
            state.picker = page.OWN
        except GraphvizUtilsError as error:
            words = str(error)
    # A foreign site that frames this page sends no cookie: where no wall stands, a click there must not run a program.
    is_ours = ALONE and "_streamlit_xsrf" in st.context.cookies
    state.visit = page.Visit(program, PATIENCE, replace(LIMITS, unwalled="read first" if is_ours else "refuse"))
    state.code_text = program.code
    if program.origin == "ready":
        start()
    visit().words = words


def start() -> None:
    """Run what is in the editor."""
    visit().run(compared=bool(state.get("torchviz", False)))


def hold(program: page.Program) -> None:
    """Put `program` into the editor. Ready ones run at once, a run that was brought along is shown."""
    visit().hold(program)
    state.code_text = program.code
    if program.origin == "ready" or program.trace is not None:
        start()


def on_pick() -> None:
    """Another scenario was picked, or the visitor's own code."""
    hold(ready().get(state.picker) or visit().own or visit().program)


def on_type() -> None:
    """What was typed is kept, also when another scenario is picked before it was run."""
    if visit().edit(state.code_text):
        state.picker = page.OWN


def on_run() -> None:
    """A person said Run."""
    on_type()
    visit().run_anew(compared=bool(state.get("torchviz", False)))


def on_input() -> None:
    """Another number was given beside the picture: it is put into the text, which is run."""
    told = state.viewer["input"]
    code = with_literal(visit().program.code, str(told["name"]), told["value"])
    if code != visit().program.code:
        state.code_text = code
        on_run()
        visit().before = visit().drawn


def on_prove() -> None:
    """The proofs of the picture are looked at, and it has none."""
    visit().proving.is_asked = not visit().is_behind


def on_open() -> None:
    """A file was brought: programs are shown and wait for Run, recorded runs are shown."""
    if state.upload is None:
        return
    try:
        hold(page.opened(state.upload.getvalue(), state.upload.name))
        state.picker = page.OWN
    except GraphvizUtilsError as error:
        visit().words = str(error)


# --------------------------------------------------------------------------------------------------------- top and look


def header() -> Any:
    """What is looked at, and the doors in and out; the place where more doors may stand."""
    doors = st.container(key="header", horizontal=True, vertical_alignment="center")
    with doors:
        picker()
        with st.popover("Open file", icon=":material/folder_open:", key="open"):
            st.file_uploader(
                "A program (.py), a notebook (.ipynb) or a recorded run (.json)", key="upload", on_change=on_open
            )
            st.caption("Programs are shown and wait for Run.")
        share()
    return doors


def picker() -> None:
    """What may be looked at: all ready scenarios, or those of the levels and tags that were asked for."""
    levels, tags = state.get("levels", ()), state.get("tags", ())
    matches = page.matching(ready(), levels, tags)
    labels = page.offered(ready(), matches, state.picker, visit().own)
    st.selectbox(
        "Scenario",
        list(labels),
        key="picker",
        format_func=labels.__getitem__,
        on_change=on_pick,
        filter_mode="contains",
        label_visibility="collapsed",
    )
    count = f"{len(matches)} of {len(ready())}"
    with st.popover(count if levels or tags else "Filter", icon=":material/filter_list:", key="filter", width=128):
        st.segmented_control("Level", page.LEVELS, selection_mode="multi", key="levels", format_func=str.capitalize)
        st.pills("Tags, all of", page.tags_of(ready()), selection_mode="multi", key="tags")
        st.caption(f"{count} scenarios. Type into the list to search titles and tags.")


def guard() -> None:
    """Whether programs are confined here, as soon as it has been tried out."""
    if not trial().is_over:
        return
    told = page.guard_of(trial().result(), ALONE)
    st.badge(told.word, icon=":material/shield:", color=told.color, help=told.told)


def share() -> None:
    """The link that opens what is seen here somewhere else."""
    with st.popover("Share", icon=":material/link:", key="share"):
        if state.picker not in ready() and not visit().program.link:
            st.text("This program is too long for a link; download the recorded run instead.")
            return
        st.code(f"{st.context.url or ''}/?{urlencode(link())}".replace("//?", "/?"), language=None, wrap_lines=True)
        st.caption("Opens this program in this look. Code in a link is shown, and runs when somebody presses Run.")


def link() -> dict[str, str]:
    """The query of the link: the program, and the look as the widgets wrote it into the address."""
    shown = {name: word for name, word in st.query_params.items() if name not in ("scenario", "code")}
    if state.picker in ready():
        return {"scenario": state.picker, **shown}
    return {"code": visit().program.link, **shown}


def keep_link() -> None:
    """Let the browser's address be the link, as long as it is of a bearable length."""
    words = link()
    for name, other in (("scenario", "code"), ("code", "scenario")):
        word = words.get(name, "")
        if word and len(word) < 6000 and st.query_params.get(name) != word:
            st.query_params.pop(other, None)
            st.query_params[name] = word


def controls() -> tuple[Look, Any]:
    """The look that was chosen, and the bar for what depends on the picture."""
    bar = st.container(key="controls", horizontal=True, vertical_alignment="center")
    with bar:
        preset = st.segmented_control(
            "Preset",
            ["circuit", "micrograd", "pytorch"],
            default="circuit",
            key="preset",
            required=True,
            bind="query-params",
            label_visibility="collapsed",
            help="How the graph is drawn",
        )
        with st.popover("Look", icon=":material/tune:", key="look"):
            choices = look_choices()
        st.fragment(guard, run_every=None if trial().is_over else 0.5)()
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    return Look(preset=cast(Preset, preset), theme=theme, **choices), bar


def look_choices() -> dict[str, Any]:
    """What is chosen less often."""
    across = st.segmented_control(
        "Direction",
        ["across", "down"],
        default="across",
        key="direction",
        required=True,
        bind="query-params",
    )
    values = st.toggle("Values", value=True, key="values", bind="query-params")
    grads = st.toggle("Gradients", value=True, key="grads", bind="query-params")
    names = st.toggle("Autograd's names", value=True, key="names", bind="query-params")
    constants = st.toggle("Tensors that need no gradient", value=True, key="constants", bind="query-params")
    scope = st.toggle("Everything that was computed", value=False, key="everything", bind="query-params")
    leaves = st.segmented_control(
        "Shared leaves",
        ["auto", "once", "per-use"],
        default="auto",
        key="leaves",
        required=True,
        bind="query-params",
    )
    digits = st.slider("Digits", 2, 8, 4, key="digits", bind="query-params")
    budget = st.number_input(
        "Nodes drawn at most", 1, LIMITS.drawn_nodes, Look().budget, 50, key="budget", bind="query-params"
    )
    st.toggle("torchviz's drawing beside", value=False, key="torchviz", bind="query-params")
    return {
        "direction": "TB" if across == "down" else "LR",
        "values": values,
        "grads": grads,
        "names": names,
        "constants": constants,
        "scope": "all" if scope else "backward",
        "leaves": leaves or "auto",
        "digits": digits,
        "budget": budget,
    }


# ---------------------------------------------------------------------------------------------------------- the picture


def picture_area(look: Look, bar: Any, doors: Any) -> Moment:
    """The picture, what it is of, and what is going on; which moment it shows."""
    good = visit().good
    moment = Moment()
    if good is not None and good.trace is not None:
        with bar:
            moment = pass_choice(good)
        lay_out(good, good.trace, look, moment)
    with st.container(key="progress_place"):  # always there, so that the viewer keeps its place and its fields
        if visit().work is not None:
            st.fragment(progress, run_every=page.unhurried(0.3))()
    shown = visit().drawn
    if good is None or good.trace is None or shown is None:
        if visit().work is not None:
            st.html(page.empty_html())
        else:
            st.info("Press Run to see this program's graph." if visit().ran is None else "There is no picture yet.")
        return moment
    prove(good, moment)
    known, shown = visit().proving.joined((good.key, moment), good, shown)
    pictures(known, shown)
    foot(known, shown, look)
    with doors:
        downloads(known, shown, look, moment)
    return moment


def lay_out(good: page.Ran, trace: Trace, look: Look, moment: Moment) -> None:
    """Draw the run, unless that is done or goes on."""
    torchviz, before = good.torchviz if state.torchviz else None, visit().before

    def draw(stop: Event) -> page.Drawn:
        lines = good.program.hidden_lines
        if good.is_small and before is None:
            return drawn(good.key, look, moment, torchviz, (lines, trace, stop))
        return page.drawn(trace, look, moment, torchviz, stop, lines, before, LIMITS)

    visit().settle_drawing((good.key, look, moment, torchviz), good.key, draw)


def prove(good: page.Ran, moment: Moment) -> None:
    """Prove what the picture shows, if somebody looks for that and it is not done."""
    limits, session = visit().limits, visit().session

    def work(stop: Event) -> tuple[Proof, ...]:
        if not good.is_small:
            return page.proved(good, moment, limits, stop, session)
        return proved(good.key, moment, good.scenario is None, (good, limits, stop, session))

    if visit().proving.is_asked:
        visit().proving.begin((good.key, moment), work)
    visit().settle_proofs()


def pass_choice(good: page.Ran) -> Moment:
    """Which backward pass is shown."""
    trace = cast(Trace, good.trace)
    if len(trace.passes) < 2:
        return Moment()
    titles = page.pass_titles(trace, good.program.hidden_lines)
    last = trace.moment()[1] or 0
    chosen = st.selectbox(
        "Backward pass",
        range(len(titles)),
        index=last,
        format_func=lambda number: titles[number],
        key=f"pass_{good.key}",
        label_visibility="collapsed",
        width=230,
    )
    return Moment() if chosen == last else Moment(backward=chosen)


def progress() -> None:
    """What is going on, and a button that ends it."""
    attempt = visit().work
    if attempt is None or attempt.is_over or attempt.is_stopped:
        st.rerun()
    with st.container(key="progress", horizontal=True, vertical_alignment="center"):
        if visit().attempt is not None:
            words = f"Running: {attempt.seconds:.0f} s of at most {LIMITS.wall_seconds:.0f} s"
            words = words if start_worker().is_over else "Loading PyTorch, once for all who come after you"
            st.progress(min(attempt.seconds / LIMITS.wall_seconds, 1.0), words)
        else:
            st.progress(min(attempt.seconds / 40, 1.0), f"Laying out the graph: {attempt.seconds:.0f} s")
        st.button("Stop", icon=":material/stop_circle:", key="stop", on_click=attempt.stop)


def pictures(good: page.Ran, shown: page.Drawn) -> None:
    """Ours, and torchviz's beside it."""
    told = page.described(cast(Trace, good.trace))
    if not state.torchviz:
        viewer(shown, told)
        return
    ours, theirs = st.columns([5, 2], gap="medium")
    with ours:
        viewer(shown, told)
    with theirs:
        st.caption("torchviz")
        if shown.torchviz is not None:
            st.html(page.image_html(shown.torchviz, "The same graph as torchviz draws it"))
        else:
            st.text(shown.remark or good.message or "torchviz needs the program: press Run.")


def foot(good: page.Ran, shown: page.Drawn, look: Look) -> None:
    """The legend, the verdict, and what was left out."""
    trace = cast(Trace, good.trace)
    with st.container(key="foot", horizontal=True, vertical_alignment="center"):
        st.html(page.legend_html(look), width="content")
        verdict, words = page.verdict_sentence(trace)
        if visit().is_behind or good.program.source != visit().program.source:
            st.badge("picture of the earlier code", color="orange")
        elif words:
            st.html(page.verdict_html(verdict, words), width="content")
        notes = (*shown.picture.notes, *trace.notes, visit().proving.words)
        st.html(page.notes_html(filter(None, notes)), width="stretch")
        if visit().proving.attempt is not None:
            st.fragment(proving, run_every=page.unhurried(0.3))()


def proving() -> None:
    """What goes on behind a picture that stands, and a button that ends it."""
    attempt = visit().proving.attempt
    if attempt is None or attempt.is_over or attempt.is_stopped:
        st.rerun()
    st.button("Stop proving", icon=":material/stop_circle:", key="stop_proving", on_click=attempt.stop, type="tertiary")


def downloads(good: page.Ran, shown: page.Drawn, look: Look, moment: Moment) -> None:
    """The picture and the run as files; each is made when it is asked for."""
    with st.popover("Download", icon=":material/download:", key="download"):
        for file in page.files_of(good, shown, look, moment):
            st.download_button(
                file.label,
                file.made,
                file.name,
                file.mime,
                key=f"download_{file.suffix}",
                on_click="ignore",
                width="stretch",
            )
        if not shown.has_pages:
            st.caption("This picture is too large to be made into a page for each of its steps.")


def say_trouble() -> None:
    """What went wrong, in words; what a program said is shown as it stands."""
    trouble = page.trouble_of(visit())
    if trouble is None:
        return
    with st.container(key=trouble.kind, border=True):
        what, where = st.columns(2) if trouble.listing else (st.container(), st.container())
        with what:
            if trouble.headline:
                st.markdown(trouble.headline)
            for text in trouble.texts:
                st.text(text)
        with where:
            if trouble.listing:
                st.code(trouble.listing, language=None)


# ---------------------------------------------------------------------------------------------------- below the picture


def editor() -> None:
    """The code, and the button that runs it."""
    with st.container(key="editor_bar", horizontal=True, vertical_alignment="center"):
        st.markdown("**Code**", width="stretch")
        st.button("Run", icon=":material/play_arrow:", type="primary", key="run", on_click=on_run, shortcut="Mod+Enter")
    st.text_area(
        "Code",
        key="code_text",
        height=21 * min(max(state.code_text.count("\n") + 1, 8), 24) + 30,
        on_change=on_type,
        persist_state="page",
        label_visibility="collapsed",
        placeholder="import torch\n\nx = torch.tensor(2.0, requires_grad=True)\ny = x ** 2\ny.backward()",
    )
    if visit().program.head:
        with st.expander("Metadata and story in front of it", key="head"):
            st.code(visit().program.head, line_numbers=True)


def outputs() -> None:
    """What each cell printed, displayed and proved, and the claims of the scenario."""
    ran = visit().ran
    if ran is None or ran.trace is None:
        return
    trace = ran.trace
    for cell in trace.cells:
        if not (cell.stdout or cell.display or cell.verdict is not None or cell.note):
            continue
        if cell.verdict is not None or cell.note:
            st.html(page.verdict_html(cell.verdict, cell.title or "Proof", cell.note))
        elif cell.title:
            st.html(page.cell_html(cell.title))
        text = "\n".join(part.rstrip("\n") for part in (cell.stdout, cell.display or "") if part)
        if text:
            st.code(text, language=None, wrap_lines=True)
    if trace.claims:
        st.html(page.claims_html(trace.claims))


def story() -> None:
    """What to look for. The story of a stranger shows text and mathematics only."""
    scenario = visit().program.readable
    if scenario is None or not scenario.story:
        return
    is_ours = visit().program.origin == "ready"
    told, answer = (part if is_ours else page.calm_story(part) for part in page.parted(page.set_story(scenario.story)))
    with st.container(key="story"):
        st.markdown(told)
        if answer:
            with st.expander("Answer", key="answer"):
                st.markdown(answer)


def leaf_table(look: Look, moment: Moment) -> None:
    """Each leaf with its value and gradient; a click on a heading sorts."""
    good = visit().good
    if good is None or good.trace is None:
        return
    columns = leaf_columns(good.key, moment, look.digits, good.trace)
    if columns:
        st.markdown("**Leaves**")
        st.dataframe(
            columns,
            hide_index=True,
            column_config={
                "Leaf": st.column_config.TextColumn(pinned=True),
                "Value": text_column(columns["Value"]),
                "Gradient": text_column(columns["Gradient"]),
                "Its norm": st.column_config.NumberColumn(format="%.4g", help="2-norm; click to sort"),
            },
            key="leaf_table",
        )


def text_column(texts: list[str]) -> Any:
    """A column as wide as its texts, within bounds: a click on a cell shows all of it."""
    return st.column_config.TextColumn(width="medium" if max(map(len, texts), default=0) > 28 else None)


main()
