"""Reads a torch checkpoint (zip format) without torch, and without running what is in it.

The pickle inside may name tensors, containers and OmegaConf's nodes, nothing else: any other name is
refused before it is looked up. Only the standard library is used.
"""

import pickle
import zipfile

# Storage class -> safetensors dtype, bytes an element.
STORAGES = {
    "DoubleStorage": ("F64", 8), "FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2),
    "BFloat16Storage": ("BF16", 2), "LongStorage": ("I64", 8), "IntStorage": ("I32", 4),
    "ShortStorage": ("I16", 2), "CharStorage": ("I8", 1), "ByteStorage": ("U8", 1),
    "BoolStorage": ("BOOL", 1),
}
OMEGACONF = {
    "omegaconf.dictconfig": {"DictConfig"}, "omegaconf.listconfig": {"ListConfig"},
    "omegaconf.base": {"ContainerMetadata", "Metadata"},
    "omegaconf.nodes": {"AnyNode", "StringNode", "IntegerNode", "FloatNode", "BooleanNode",
                        "BytesNode", "EnumNode", "PathNode"},
}
TYPE_NAMES = {"dict", "list", "tuple", "set", "int", "long", "float", "str", "bool", "bytes", "object"}


class CheckpointError(Exception):
    """A sentence for the user."""


class Tensor:
    """Elements of a storage, row-major where `strides` say so."""

    def __init__(self, storage, offset, shape, strides):
        self.dtype, self.data = storage
        self.shape = tuple(shape)
        size = dict(STORAGES.values())[self.dtype]
        expected, count = [], 1
        for length in reversed(self.shape):
            expected.insert(0, count)
            count *= length
        steps = [s for s, n in zip(strides, self.shape) if n > 1]
        if count and steps != [s for s, n in zip(expected, self.shape) if n > 1]:
            raise CheckpointError(f"a tensor of shape {list(self.shape)} is not contiguous")
        self.bytes = self.data[offset * size:(offset + count) * size]
        if offset < 0 or len(self.bytes) != count * size:
            raise CheckpointError(f"a tensor of shape {list(self.shape)} reaches beyond its storage")


class Container(dict):
    """A dict that forgets the attributes which a pickle gives it."""

    def __setstate__(self, state):
        pass


class Node:
    """A node of OmegaConf: its state, to be read by `plain`."""

    def __init__(self, *_, **__):
        self.state = {}

    def __setstate__(self, state):
        self.state = state if isinstance(state, dict) else {}


def plain(node):
    """A configuration node as dicts, lists and values."""
    if not isinstance(node, Node):
        return node
    if "_val" in node.state:
        return node.state["_val"]
    content = node.state.get("_content")
    if isinstance(content, dict):
        return {key: plain(value) for key, value in content.items()}
    if isinstance(content, list):
        return [plain(value) for value in content]
    return content


def nothing(*_, **__):
    return None


def allowed(module, name):
    """What stands for `module.name` when the checkpoint is read. Throws CheckpointError."""
    if name in OMEGACONF.get(module, ()):
        return Node
    if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
        return lambda storage, offset, shape, strides, *_: Tensor(storage, offset, shape, strides)
    if (module, name) == ("torch._utils", "_rebuild_parameter"):
        return lambda tensor, *_: tensor
    if module == "torch" and name in STORAGES:
        return name
    if (module, name) in {("collections", "OrderedDict"), ("collections", "defaultdict")}:
        return lambda *_: Container()
    if (module, name) == ("torch", "Size"):
        return tuple
    # What such files name beside it and we do not need: types, and bytes in protocol 2.
    known = {("typing", "Any"), ("dill._dill", "_load_type"), ("_codecs", "encode")}
    if (module, name) in known or (module in {"builtins", "__builtin__"} and name in TYPE_NAMES):
        return nothing
    raise CheckpointError(f"the checkpoint names {module}.{name}, which could run code: only tensors, "
                          "containers and the configuration are read")


class Unpickler(pickle.Unpickler):
    def __init__(self, archive, root):
        super().__init__(archive.open(f"{root}/data.pkl"))
        self.archive, self.root, self.storages = archive, root, {}

    def find_class(self, module_name, global_name):
        return allowed(module_name, global_name)

    def persistent_load(self, pid):
        if not (isinstance(pid, tuple) and len(pid) == 5 and pid[0] == "storage"
                and pid[1] in STORAGES and str(pid[2]).isalnum()):
            raise CheckpointError(f"the checkpoint refers to {pid!r:.80}: only storages are read")
        key = str(pid[2])
        if key not in self.storages:
            dtype, _ = STORAGES[pid[1]]
            self.storages[key] = (dtype, self.archive.read(f"{self.root}/data/{key}"))
        return self.storages[key]


def load(path):
    """The checkpoint's object, with Tensor and Node in it. Throws CheckpointError."""
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise CheckpointError(f"{path} is no torch checkpoint: it has {len(pickles)} data.pkl")
            order = f"{pickles[0][:-len('/data.pkl')]}/byteorder"
            if order in archive.namelist() and archive.read(order).strip() != b"little":
                raise CheckpointError(f"{path} is big-endian: only little-endian files are read")
            return Unpickler(archive, pickles[0][:-len("/data.pkl")]).load()
    except CheckpointError:
        raise
    except OSError as error:
        raise CheckpointError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # a damaged pickle can raise anything
        raise CheckpointError(f"{path} is damaged or no torch checkpoint ({error})") from error
