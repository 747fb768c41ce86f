"""tools/convert/diffusion_policy_checkpoint.py on a checkpoint that this test writes in torch's format."""

import collections
import io
import json
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import types
import unittest
import zipfile
from pathlib import Path

TOOL = Path(__file__).resolve().parents[2] / "tools" / "convert" / "diffusion_policy_checkpoint.py"
WIDTH, HORIZON, OBSERVED, ACTION = 8, 4, 19, 10


def stand_in(module, name, value=None):
    """A thing that pickles as module.name."""
    value = value or type(name, (), {})
    value.__module__, value.__qualname__, value.__name__ = module, name, name
    parts = module.split(".")
    for i in range(len(parts)):
        path = ".".join(parts[:i + 1])
        sys.modules.setdefault(path, types.ModuleType(path))
    setattr(sys.modules[module], name, value)
    return value


FloatStorage = stand_in("torch", "FloatStorage")
rebuild = stand_in("torch._utils", "_rebuild_tensor_v2", lambda *_: None)
DictConfig = stand_in("omegaconf.dictconfig", "DictConfig")
ListConfig = stand_in("omegaconf.listconfig", "ListConfig")
AnyNode = stand_in("omegaconf.nodes", "AnyNode")
Metadata = stand_in("omegaconf.base", "Metadata")


class Made:
    """A float32 tensor to be pickled as torch does."""

    def __init__(self, shape, start=0.0, strides=None):
        self.shape, self.strides = shape, strides
        count = 1
        for length in shape:
            count *= length
        self.values = [start + 0.25 * i for i in range(count)]

    def stride(self):
        strides, step = [], 1
        for length in reversed(self.shape):
            strides.insert(0, step)
            step *= length
        return self.strides or tuple(strides)


class Storage:
    def __init__(self, tensor, key):
        self.tensor, self.key = tensor, key


class TorchPickler(pickle.Pickler):
    def __init__(self, file):
        super().__init__(file, protocol=2)
        self.storages = []

    def persistent_id(self, obj):
        if isinstance(obj, Storage):
            return ("storage", FloatStorage, obj.key, "cpu", len(obj.tensor.values))
        return None

    def reducer_override(self, obj):
        if isinstance(obj, Made):
            storage = Storage(obj, str(len(self.storages)))
            self.storages.append(obj)
            return rebuild, (storage, 0, obj.shape, obj.stride(), False, collections.OrderedDict())
        return NotImplemented


def node(value):
    """A configuration as OmegaConf pickles it."""
    made = DictConfig() if isinstance(value, dict) else ListConfig() if isinstance(value, list) else AnyNode()
    made._metadata = Metadata()
    if isinstance(value, dict):
        made._content = {key: node(one) for key, one in value.items()}
    elif isinstance(value, list):
        made._content = [node(one) for one in value]
    else:
        made._val = value
    return made


def save(path, payload):
    buffer = io.BytesIO()
    pickler = TorchPickler(buffer)
    pickler.dump(payload)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", buffer.getvalue())
        archive.writestr("archive/byteorder", "little")
        for key, tensor in enumerate(pickler.storages):
            archive.writestr(f"archive/data/{key}", struct.pack(f"<{len(tensor.values)}f", *tensor.values))


def linear(name, out, size):
    return {f"{name}.weight": (out, size), f"{name}.bias": (out,)}


def parameter_shapes():
    d = WIDTH
    shapes = {"pos_emb": (1, HORIZON, d), "cond_pos_emb": (1, 3, d), **linear("input_emb", d, ACTION),
              **linear("cond_obs_emb", d, OBSERVED), **linear("encoder.0", 4 * d, d),
              **linear("encoder.2", d, 4 * d), **linear("ln_f", d, d), **linear("head", ACTION, d)}
    shapes["ln_f.weight"] = (d,)
    for layer in range(2):
        prefix = f"decoder.layers.{layer}."
        for attention in ("self_attn", "multihead_attn"):
            shapes[f"{prefix}{attention}.in_proj_weight"] = (3 * d, d)
            shapes[f"{prefix}{attention}.in_proj_bias"] = (3 * d,)
            shapes.update(linear(f"{prefix}{attention}.out_proj", d, d))
        shapes.update(linear(prefix + "linear1", 4 * d, d))
        shapes.update(linear(prefix + "linear2", d, 4 * d))
        for norm in ("norm1", "norm2", "norm3"):
            shapes[f"{prefix}{norm}.weight"] = shapes[f"{prefix}{norm}.bias"] = (d,)
    return shapes


def state_dict(start):
    state = collections.OrderedDict()
    state["model._dummy_variable"] = Made((0,))
    state["model.mask"] = Made((HORIZON, HORIZON))
    state["model.memory_mask"] = Made((HORIZON, 3))
    for name, shape in parameter_shapes().items():
        state["model." + name] = Made(shape, start)
    for key, size in (("obs", OBSERVED), ("action", ACTION)):
        for field in ("scale", "offset", "input_stats.min", "input_stats.max"):
            state[f"normalizer.params_dict.{key}.{field}"] = Made((size,), 1.0)
    state["mask_generator._dummy_variable"] = Made((0,))
    state._metadata = collections.OrderedDict()
    return state


def checkpoint():
    config = {"n_action_steps": 2, "horizon": HORIZON, "n_head": 2,
              "task": {"task_name": "lift", "abs_action": True, "obs_keys": ["object"]},
              "policy": {"horizon": "${horizon}", "n_action_steps": "${n_action_steps}",
                         "model": {"n_head": "${n_head}", "causal_attn": True},
                         "noise_scheduler": {"num_train_timesteps": 100, "prediction_type": "epsilon"}}}
    return {"cfg": node(config), "state_dicts": {"model": state_dict(5.0), "ema_model": state_dict(0.5)},
            "pickles": {"global_step": b"\x80\x04K\x01.", "epoch": b"\x80\x04K\x02."}}


class ConvertTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def convert(self, payload, *options):
        save(self.folder / "latest.ckpt", payload)
        result = subprocess.run([sys.executable, TOOL, self.folder / "latest.ckpt", self.folder / "out", *options],
                                capture_output=True, text=True, check=False)
        return result.returncode, result.stdout, result.stderr

    def read(self):
        data = (self.folder / "out" / "policy.safetensors").read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:8 + length])
        text = json.loads((self.folder / "out" / "policy.json").read_text())
        return header, data[8 + length:], text

    def test_converts(self):
        status, output, message = self.convert(checkpoint())
        self.assertEqual(status, 0, message)
        self.assertIn("ema_model of latest.ckpt", output)
        header, data, text = self.read()
        names = set(parameter_shapes()) | {f"normalizer.{a}.{b}" for a in ("obs", "action")
                                           for b in ("scale", "offset")}
        self.assertEqual(set(header) - {"__metadata__"}, names)
        for name, shape in parameter_shapes().items():
            begin, end = header[name]["data_offsets"]
            expected = Made(shape, 0.5).values
            self.assertEqual(header[name]["shape"], list(shape))
            self.assertEqual(list(struct.unpack(f"<{len(expected)}f", data[begin:end])), expected)
        config = text["config"]
        self.assertEqual(config["task_knobs"], {"semantics": "legacy", "actions": "absolute"})
        sizes = {"task": "lift", "observation_size": OBSERVED, "action_size": ACTION, "horizon": HORIZON,
                 "observation_steps": 2, "action_steps": 2, "layers": 2, "heads": 2, "width": WIDTH,
                 "train_steps": 100}
        self.assertEqual({name: config[name] for name in sizes}, sizes)
        self.assertEqual(config["observation_keys"][0], "object")

    @unittest.skipUnless("SAGBENCH_PROGRAM" in os.environ, "SAGBENCH_PROGRAM names no program")
    def test_the_program_runs_what_was_converted(self):
        self.assertEqual(self.convert(checkpoint())[0], 0)
        result = subprocess.run([os.environ["SAGBENCH_PROGRAM"], "run", "--task", "lift", "--policy", self.folder / "out",
                                 "--sampler", "single", "--episodes", "1", "--no-baseline", "--no-latency", "--quiet",
                                 "--json", self.folder / "report.json"], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        run = json.loads((self.folder / "report.json").read_text())["runs"][0]
        self.assertEqual((run["task"], run["episodes"]), ("lift", 1))

    def test_options(self):
        status, _, message = self.convert(checkpoint(), "--raw", "--task", "can", "--knob", "semantics=v15")
        self.assertEqual(status, 0, message)
        header, data, text = self.read()
        begin, _ = header["head.bias"]["data_offsets"]
        self.assertEqual(struct.unpack("<f", data[begin:begin + 4])[0], 5.0)
        self.assertEqual(text["config"]["task"], "can")
        self.assertEqual(text["config"]["task_knobs"]["semantics"], "v15")

    def test_what_could_run_code_is_refused(self):
        ran = self.folder / "ran"
        for evil in (Evil(ran, "os", "system"), Evil(ran, "builtins", "eval"), Evil(ran, "posix", "system")):
            payload = checkpoint()
            payload["pickles"]["evil"] = evil
            status, _, message = self.convert(payload)
            self.assertEqual(status, 3)
            self.assertIn("could run code", message)
            self.assertFalse(ran.exists())
            self.assertFalse((self.folder / "out").exists())

    def test_other_networks_are_refused(self):
        payload = checkpoint()
        payload["cfg"] = node({"policy": {"model": {"causal_attn": False}}})
        status, _, message = self.convert(payload)
        self.assertEqual(status, 3)
        self.assertIn("policy.model.causal_attn = False", message)
        payload["cfg"] = node({"policy": {"noise_scheduler": {"num_train_timesteps": 50}}})
        status, _, message = self.convert(payload)
        self.assertEqual(status, 3)
        self.assertIn("num_train_timesteps = 50", message)
        payload = checkpoint()
        del payload["state_dicts"]["ema_model"]["model.pos_emb"]
        status, _, message = self.convert(payload)
        self.assertEqual(status, 3)
        self.assertIn("no 'pos_emb'", message)

    def test_damaged_files(self):
        for text in (b"", b"PK\x03\x04 cut off", b"no checkpoint at all"):
            (self.folder / "latest.ckpt").write_bytes(text)
            result = subprocess.run([sys.executable, TOOL, self.folder / "latest.ckpt", self.folder / "out"],
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.returncode, 3)
            self.assertTrue(result.stderr.startswith("error: "), result.stderr)

    def test_tensors_beyond_their_storage(self):
        payload = checkpoint()
        payload["state_dicts"]["ema_model"]["model.pos_emb"] = Made((1, HORIZON, WIDTH), strides=(1, 1, HORIZON))
        status, _, message = self.convert(payload)
        self.assertEqual(status, 3)
        self.assertIn("not contiguous", message)


class Evil:
    """Calls module.name(...) when it is read by an ordinary unpickler."""

    def __init__(self, path, module, name):
        self.path, self.function = path, getattr(__import__(module), name)

    def __reduce__(self):
        return self.function, (f"touch {self.path}",)


if __name__ == "__main__":
    unittest.main()
