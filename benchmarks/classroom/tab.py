"""One visitor's tab without a browser: it speaks Streamlit's protocol over a WebSocket as a browser does."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

__all__ = ["Finished", "Tab"]

_CACHED_RUNS = 2  # a browser keeps large messages for as many runs, and tells the server so


@dataclass(frozen=True, slots=True)
class Finished:
    """A script run that is done, and when: the picture if it is up to date, and what `st.text` says.

    While something still goes on there is a bar, and the run is not `settled`.
    """

    picture: str
    words: str
    settled: bool
    when: float


class Tab:
    """An open page. `press` runs a program; what comes back is read all the time, as a browser would."""

    def __init__(self, socket: ClientConnection, query: str) -> None:
        self._socket = socket
        self._query = query
        self._finished: asyncio.Queue[Finished] = asyncio.Queue()
        self._widgets: dict[str, WidgetState] = {}
        self._messages: dict[str, tuple[int, ForwardMsg]] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._script = self._picture = self._words = ""
        self._is_busy = False
        self._runs = 0
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def opened(cls, address: str, query: str) -> "Tab":
        """The page at `address`, asked for by a link that ends in `query`."""
        socket = await connect(
            f"ws://{address}/_stcore/stream",
            origin=f"http://{address}",  # type: ignore[arg-type] # a NewType of str
            subprotocols=["streamlit"],  # type: ignore[list-item] # the same
            compression=None,
            max_size=None,
            open_timeout=60,
            ping_interval=None,
            proxy=None,
        )
        tab = cls(socket, query)
        await tab._send()
        return tab

    async def press(self, code: str) -> None:
        """Type `code` and press the keys that run it: a browser sends both as one message."""
        while not self._finished.empty():
            self._finished.get_nowait()
        self._widgets["code_text"].string_value = code
        await self._send(pressed=True)

    async def finished(self, is_awaited: Callable[[Finished], bool], seconds: float) -> Finished | None:
        """The next run that is awaited; `None` after so many seconds, or when the page hung up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._reading.done() or not self._finished.empty():
                    getting = asyncio.ensure_future(self._finished.get())
                    await asyncio.wait((getting, self._reading), return_when=asyncio.FIRST_COMPLETED)
                    if not getting.done():
                        getting.cancel()
                        return None
                    if is_awaited(getting.result()):
                        return getting.result()
        return None

    async def close(self) -> None:
        """Close the tab."""
        for timer in self._timers.values():
            timer.cancel()
        self._reading.cancel()
        await self._socket.close()

    async def _send(self, *, pressed: bool = False, fragment: str = "") -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self._script, fragment
        state.is_auto_rerun = bool(fragment)
        state.widget_states.widgets.extend(widget for name, widget in self._widgets.items() if name != "run")
        if pressed:
            state.widget_states.widgets.append(WidgetState(id=self._widgets["run"].id, trigger_value=True))
        if not fragment:
            state.cached_message_hashes.extend(self._messages)
        state.context_info.timezone, state.context_info.locale = "UTC", "en-US"
        state.context_info.url = "http://localhost/"
        state.context_info.color_scheme = "light"
        await self._socket.send(message.SerializeToString())

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._socket:
                message = ForwardMsg.FromString(frame)
                if message.HasField("ref_hash"):
                    message = self._messages[message.ref_hash][1]
                self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        match message.WhichOneof("type"):
            case "new_session" if not message.metadata.run.fragment_ids:
                self._begin(message.new_session.page_script_hash)
            case "delta" if message.delta.HasField("new_element"):
                if message.metadata.cacheable:
                    self._messages[message.hash] = (self._runs, message)
                self._show(message.delta.new_element)
            case "auto_rerun":
                name = message.auto_rerun.fragment_id
                self._timers[name] = asyncio.create_task(self._repeat(name, message.auto_rerun.interval))
            case "page_info_changed":
                self._query = message.page_info_changed.query_string
            case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                self._end()

    def _begin(self, script: str) -> None:
        """The whole page is written anew: timers of the last run end."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._script, self._picture, self._words, self._is_busy = script, "", "", False
        self._runs += 1
        oldest = self._runs - _CACHED_RUNS
        self._messages = {name: kept for name, kept in self._messages.items() if kept[0] >= oldest}

    def _end(self) -> None:
        when, shown = time.monotonic(), json.loads(self._picture or '{"stale": true}')
        drawing = "" if shown["stale"] else json.dumps(json.loads(shown["scene"])["pictures"])
        self._finished.put_nowait(Finished(drawing, self._words, not self._is_busy, when))

    async def _repeat(self, fragment: str, seconds: float) -> None:
        with suppress(ConnectionClosed):
            while True:
                await asyncio.sleep(seconds)
                await self._send(fragment=fragment)

    def _show(self, element: Element) -> None:
        """Keep what a student looks at, and the states of the widgets that a browser sends back."""
        match element.WhichOneof("type"):
            case "bidi_component" if element.bidi_component.id.endswith("-viewer"):
                self._picture = element.bidi_component.json
            case "progress":
                self._is_busy = True
            case "text":
                self._words += element.text.body + "\n"
            case "text_area":
                self._keep(element.text_area.id, {"string_value": element.text_area.default})
                if element.text_area.set_value:
                    self._widgets["code_text"].string_value = element.text_area.value
            case "selectbox" if element.selectbox.id.endswith("-picker"):
                box = element.selectbox
                self._keep(box.id, {"string_value": box.options[box.default]})
                if box.set_value:
                    self._widgets["picker"].string_value = box.raw_value
            case "button_group" if element.button_group.id.endswith(("-preset", "-zoom")):
                group = element.button_group
                self._keep(
                    group.id, {"string_array_value": {"data": [group.options[n].content for n in group.default]}}
                )
            case "button" if element.button.id.endswith("-run"):
                self._keep(element.button.id, {})

    def _keep(self, id_: str, state: Mapping[str, object]) -> None:
        """The state of a widget: as it was, or as the page suggests for one that is new."""
        name = id_.rpartition("-")[2]
        if name not in self._widgets or self._widgets[name].id != id_:
            self._widgets[name] = WidgetState(id=id_, **state)  # type: ignore[arg-type]
