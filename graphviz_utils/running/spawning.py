"""One fresh process per run, with a warm spare kept ready: for systems on which PyTorch must not be forked."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from graphviz_utils.running.environment import WORKING_DIRECTORY, clean_environment
from graphviz_utils.running.priority import give_way
from graphviz_utils.running.wire import Ending

__all__ = ["FreshChild", "Spare"]


class FreshChild:
    """A process that answers one request. `answer` is the socket at which its pipes end."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "graphviz_utils.running.child"],
            cwd=WORKING_DIRECTORY,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.answer, self._inner = socket.socketpair()
        for pump in (self._pump_in, self._pump_out):
            threading.Thread(target=pump, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        """Whether it still waits or works."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End it and what it started; nothing happens if it has ended."""
        if self._process.poll() is not None:
            return
        with suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)

    def give_way(self) -> None:
        """Let it compute only when nothing else wants the processor, where the system knows of such a thing."""
        if self.is_alive:
            give_way(self._process.pid)

    def cpu_seconds(self) -> None:
        """Nobody knows: the system counts for ended processes only, and for all of them together."""

    def ending(self, seconds: float) -> Ending:
        """How it ended; unknown after `seconds`, and the processor time always."""
        try:
            return Ending(self._process.wait(seconds))
        except subprocess.TimeoutExpired:
            return Ending(None)

    def close(self) -> None:
        """Kill it and let go of its pipes."""
        self.kill()
        self._process.wait()
        self.answer.close()
        with suppress(OSError):
            self._inner.shutdown(socket.SHUT_RDWR)

    # Pipes know no timeout on every system, sockets do: two threads carry the bytes from one to the other.

    def _pump_in(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError), pipe, self._inner:
            while chunk := self._inner.recv(65536):
                pipe.write(chunk)
                pipe.flush()

    def _pump_out(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with suppress(OSError), pipe:
            while chunk := os.read(pipe.fileno(), 65536):
                self._inner.sendall(chunk)
        with suppress(OSError):
            self._inner.shutdown(socket.SHUT_RDWR)  # closing would not wake the other pump


class Spare:
    """Keeps one fresh process ready, so that a run need not wait for PyTorch to be imported."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ready: FreshChild | None = None

    @property
    def is_warm(self) -> bool:
        """There is nothing that all runs wait for."""
        return True

    def warm_up(self) -> None:
        """Begin to import PyTorch in a spare process; does not wait for it."""
        with self._lock:
            if self._ready is None or not self._ready.is_alive:
                self._ready = FreshChild()

    def child(self) -> FreshChild:
        """A process of its own for one run."""
        with self._lock:
            child, self._ready = self._ready, None
        if child is None or not child.is_alive:
            child = FreshChild()
        self.warm_up()
        return child

    def close(self) -> None:
        """End the spare."""
        with self._lock:
            child, self._ready = self._ready, None
        if child is not None:
            child.close()
