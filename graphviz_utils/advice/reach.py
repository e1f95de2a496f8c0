"""What is out of a program's reach where programs run, and what may do harm where nothing walls them in: the tables."""

from collections.abc import Iterable, Mapping

__all__ = [
    "AVAILABLE",
    "COMPUTING_NAMES",
    "DOORS",
    "HARMFUL",
    "LOADED",
    "NEEDS_A_NAME",
    "OUT_OF_REACH",
    "RISKY_MODULES",
    "WITH_A_FILE_NAME",
]

AVAILABLE = "torch, numpy and Python's standard library"

LOADED = frozenset({"torch", "numpy", "torchviz", "graphviz_utils", "functorch", "sympy", "mpmath", "networkx"})
"""Besides the standard library: what a program is given, and what PyTorch brings along."""

_FILES = "files cannot be opened here ({name}); write the data into the program"
_NETWORK = "networks cannot be reached here ({name}); write the data into the program"
_PROCESSES = (
    "other processes cannot be started or reached here ({name}); do it in this program, one thing after another"
)
_THREADS = "threads cannot be started here ({name}); do it in this program, one thing after another"
_LIMITS = "the limits of a run cannot be changed here ({name}); leave it out"
_PERSON = "nobody can answer here ({name}); write the value into the program"
_WINDOWS = "no window can be opened here ({name}); print the numbers, and look at the graph"
_COMPILER = "there is no compiler here ({name}); leave it out, and the numbers stay the same"
_ENDS = "{name} ends the program before anything of it can be shown; leave it out, or write sys.exit()"


def _all(words: str, *names: str) -> Mapping[str, str]:
    return dict.fromkeys(names, words)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _in(module: str, names: str) -> Iterable[str]:
    return (f"{module}.{name}" for name in names.split())


_PATH_METHODS = (
    "read_text write_text read_bytes write_bytes open exists is_file is_dir iterdir glob rglob mkdir rmdir unlink "
    "touch stat resolve rename replace chmod"
)

OUT_OF_REACH: Mapping[str, str] = {
    **_all(_FILES, "open", "io.open", "io.FileIO", "shutil", "tempfile", "glob.glob", "glob.iglob", "sqlite3", "dbm"),
    **_all(_FILES, *_in("os", "open listdir scandir walk stat lstat access getcwd chdir remove unlink rename replace")),
    **_all(_FILES, *_in("os", "mkdir makedirs rmdir removedirs chmod chown link symlink truncate mkfifo memfd_create")),
    **_all(_FILES, *_in("os.path", "exists isfile isdir getsize getmtime realpath samefile")),
    **_all(_FILES, *_in("pathlib.Path()", _PATH_METHODS), *_in("pathlib.Path", "cwd home")),
    **_all(_FILES, "shelve", "fileinput", "zipfile.ZipFile", "tarfile.open", "gzip.open", "bz2.open", "lzma.open"),
    **_all(_FILES, "torch.from_file", "torch._C.PyTorchFileWriter", "torch._C.PyTorchFileReader", "numpy.memmap"),
    **_all(_FILES, "numpy.fromfile", "logging.FileHandler", "torch.package"),
    **_all(_NETWORK, "socket", "ssl", "urllib.request", "http.client", "http.server", "socketserver", "ftplib"),
    **_all(_NETWORK, "smtplib", "imaplib", "poplib", "telnetlib", "xmlrpc", "torch.hub", "torch.utils.model_zoo"),
    **_all(_NETWORK, "asyncio.open_connection", "asyncio.start_server", "torch.distributed.TCPStore"),
    **_all(_NETWORK, "asyncio.run", "asyncio.new_event_loop"),
    **_all(_NETWORK, "torch.distributed.init_process_group", "torch.distributed.FileStore"),
    **_all(_PROCESSES, "subprocess", "multiprocessing", "torch.multiprocessing", "pty", "torch.distributed.launch"),
    **_all(
        _PROCESSES, *_in("os", "system popen fork forkpty kill killpg wait waitpid posix_spawn posix_spawnp setsid")
    ),
    **_all(
        _PROCESSES, *_in("os", "execl execle execlp execlpe execv execve execvp execvpe spawnl spawnv spawnlp pipe")
    ),
    **_all(_PROCESSES, "concurrent.futures.ProcessPoolExecutor", "torch.utils.collect_env"),
    **_all(_THREADS, "threading.Thread", "threading.Timer", "_thread", "concurrent.futures.ThreadPoolExecutor"),
    **_all(_THREADS, "asyncio.to_thread"),
    **_all(_LIMITS, *_in("os", "nice setpriority sched_setaffinity sched_setscheduler")),
    **_all(_LIMITS, "resource.setrlimit", "resource.prlimit"),
    **_all(_PERSON, "input", "breakpoint", "pdb", "getpass"),
    **_all(_WINDOWS, "tkinter", "turtle", "curses", "webbrowser", "matplotlib.pyplot.show"),
    **_all(_COMPILER, "torch.compile", "torch.utils.cpp_extension"),
    **_all(_ENDS, "os._exit", "os.abort"),
}
"""By name, the longest that fits: what does not work in any program here. A name stands for what is in it, too."""

WITH_A_FILE_NAME = frozenset(
    (
        *_in("torch", "save load jit.save jit.load"),
        *_in("numpy", "load save savez savez_compressed loadtxt savetxt genfromtxt"),
    )
)
"""Work with what is in memory, and not with the name of a file."""

_CODE = "{name} runs what cannot be read beforehand"
_INSIDES = "{name} leads into the insides of Python"
_MEMORY = "{name} reaches past Python into memory"
_SYSTEM = "{name} reaches the system"

_GC = "get_objects get_referrers get_referents disable freeze callbacks set_debug garbage"

HARMFUL: Mapping[str, str] = {
    **_all(_CODE, "eval", "exec", "compile", "__import__", "help", "importlib", "runpy", "code", "codeop", "pkgutil"),
    **_all(_CODE, "pickle", "marshal", "timeit", "doctest", "cProfile", "profile", "trace", "bdb", "torch.load"),
    **_all(_CODE, "torch.jit", "torch.ops.load_library", "torch.classes", "torch.fx", "unittest.mock", "numpy.load"),
    **_all(
        _INSIDES, "globals", "locals", "vars", "__builtins__", "__loader__", "__spec__", "builtins", "gc", "inspect"
    ),
    **_all(_INSIDES, "operator.attrgetter", "operator.methodcaller", "linecache", "weakref.finalize", "dis"),
    **_all(_INSIDES, *_in("types", "FunctionType CodeType ModuleType CellType"), *_in("gc", _GC)),
    **_all(
        _MEMORY, "ctypes", "_ctypes", "cffi", "mmap", "torch._C", "numpy.ctypeslib", "numpy.lib", "torch.as_strided"
    ),
    **_all(_MEMORY, "torch.sparse_coo_tensor", "torch.utils.dlpack", "torch.from_dlpack", "torch.frombuffer"),
    **_all(_SYSTEM, "posix", "nt", "signal", "resource", "fcntl", "select", "selectors", "asyncio", "faulthandler"),
    **_all(_SYSTEM, "atexit", "logging.config", "logging.handlers", "torch.distributed", "torch.utils.tensorboard"),
    **_all(_SYSTEM, "site", "sysconfig", "venv", "zipimport", "ensurepip", "readline", "rlcompleter", "syslog", "cmd"),
    **_all(_SYSTEM, "torch.profiler", "torch.utils.data.datapipes", "torch.export", "torch.onnx", "torch.save"),
}
"""Where there are no walls: what an honest calculation has no need for, and others do harm with."""

RISKY_MODULES: Mapping[str, frozenset[str]] = {
    "os": _words("path sep linesep name cpu_count fspath getpid urandom"),
    "os.path": _words("join split splitext basename dirname normpath sep"),
    "sys": _words(
        "argv version version_info maxsize float_info int_info byteorder platform exit getsizeof stdout stderr "
        "getrecursionlimit implementation hexversion setrecursionlimit getrefcount"
    ),
}
"""Modules of which only these names are harmless where there are no walls."""

DOORS = _words(
    "__class__ __mro__ __bases__ __base__ __subclasses__ __globals__ __builtins__ __code__ __closure__ __func__ "
    "__self__ __loader__ __spec__ __import__ __dict__ __reduce__ __reduce_ex__ __getattribute__ __array_interface__ "
    "__wrapped__ gi_frame gi_code cr_frame ag_frame f_back f_globals f_locals f_builtins f_code tb_frame tb_next "
    "_getframe __del__ set_ as_strided as_strided_"
)
"""Attributes that lead out of a calculation, whatever they are asked of."""

COMPUTING_NAMES = frozenset({"__name__", "__qualname__"})
"""What may be asked of a `__class__`."""

NEEDS_A_NAME = frozenset({"getattr", "setattr", "delattr", "hasattr"})
"""Harmless with a name that stands in the program."""
