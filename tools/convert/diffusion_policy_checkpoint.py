#!/usr/bin/env python3
"""Converts a diffusion_policy checkpoint (.ckpt, low-dim transformer) to a sagbench policy.

usage: tools/convert/diffusion_policy_checkpoint.py CKPT OUT [--task TASK] [--knob NAME=VALUE ...]

OUT gets policy.safetensors and policy.json. Weights are the averaged ones (EMA) where the file has
them. Needs Python alone; nothing of the checkpoint is executed.
"""

import argparse
import hashlib
import json
import os
import re
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from restricted_checkpoint import CheckpointError, Tensor, load, plain  # noqa: E402

BAD_FILE, USAGE = 3, 2
ROBOT_KEYS = ["robot0_eef_pos", "robot0_eef_quat", "robot0_gripper_qpos"]
KEYS = {"lift": ["object"] + ROBOT_KEYS, "can": ["object"] + ROBOT_KEYS, "pusht": ["keypoints", "agent_pos"]}
NORMALIZERS = ("obs.scale", "obs.offset", "action.scale", "action.offset")
NOT_WEIGHTS = re.compile(r"(^|\.)(_dummy_variable|mask|memory_mask)$")


def resolve(value, root):
    """`${a.b}` of the configuration as the value that it names; others as they are."""
    for _ in range(10):
        match = re.fullmatch(r"\$\{([\w.]+)\}", value) if isinstance(value, str) else None
        if not match:
            return value
        value = root
        for name in match.group(1).split("."):
            value = value.get(name) if isinstance(value, dict) else None
    return value


def setting(config, *names):
    """The value at config[names[0]][names[1]]..., or None."""
    value = config
    for name in names:
        value = resolve(value.get(name), config) if isinstance(value, dict) else None
    return value


def policy_tensors(checkpoint, averaged):
    states = checkpoint.get("state_dicts") if isinstance(checkpoint, dict) else None
    if not isinstance(states, dict) or "model" not in states:
        raise CheckpointError("the checkpoint has no 'state_dicts' with a 'model': it is not of "
                              "diffusion_policy's workspaces")
    name = "ema_model" if averaged and "ema_model" in states else "model"
    tensors = {}
    for key, value in states[name].items():
        if NOT_WEIGHTS.search(key) or not isinstance(value, Tensor):
            continue
        if key.startswith("model."):
            tensors[key[len("model."):]] = value
        elif key.startswith("normalizer.params_dict.") and key.endswith(NORMALIZERS):
            tensors["normalizer." + key[len("normalizer.params_dict."):]] = value
    return name, tensors


def shape(tensors, name, rank):
    if name not in tensors or len(tensors[name].shape) != rank:
        raise CheckpointError(f"the checkpoint has no '{name}' of {rank} dimensions: only the low-dim "
                              "transformer with time and observations as memory is converted")
    return tensors[name].shape


def heads_of(config, width):
    heads = setting(config, "policy", "model", "n_head") or setting(config, "n_head") or 4
    if not isinstance(heads, int) or heads < 1 or width % heads:
        raise CheckpointError(f"the configuration has {heads!r} heads for a width of {width}")
    return heads


def policy_config(config, tensors, task, knobs):
    """policy.json's "config": sizes from the tensors, the rest from the configuration."""
    _, horizon, width = shape(tensors, "pos_emb", 3)
    _, memory, _ = shape(tensors, "cond_pos_emb", 3)
    layers = 1 + max([int(m.group(1)) for m in map(re.compile(r"decoder\.layers\.(\d+)\.").match, tensors)
                      if m], default=-1)
    task = task or setting(config, "task", "task_name") or setting(config, "task", "name")
    if task not in KEYS:
        raise CheckpointError(f"task {task!r} is unknown: valid for --task are {', '.join(KEYS)}")
    if task != "pusht":
        absolute = setting(config, "task", "abs_action")
        knobs = {"semantics": "legacy", "actions": "delta" if absolute is False else "absolute", **knobs}
    return {
        "task": task, "task_knobs": knobs, "observation_keys": KEYS[task],
        "observation_size": shape(tensors, "cond_obs_emb.weight", 2)[1],
        "action_size": shape(tensors, "input_emb.weight", 2)[1],
        "horizon": horizon, "observation_steps": memory - 1,
        "action_steps": setting(config, "n_action_steps") or setting(config, "policy", "n_action_steps") or 8,
        "layers": layers, "heads": heads_of(config, width), "width": width,
        "train_steps": 100,
    }


def check_settings(config):
    """Refuses what the network or sampler of sagbench does differently."""
    wanted = {("policy", "noise_scheduler", "beta_schedule"): "squaredcos_cap_v2",
              ("policy", "noise_scheduler", "prediction_type"): "epsilon",
              ("policy", "noise_scheduler", "num_train_timesteps"): 100,
              ("policy", "model", "causal_attn"): True, ("policy", "model", "time_as_cond"): True,
              ("policy", "model", "obs_as_cond"): True, ("policy", "model", "n_cond_layers"): 0,
              ("policy", "pred_action_steps_only"): False}
    for names, value in wanted.items():
        found = setting(config, *names)
        if found is not None and found != value:
            raise CheckpointError(f"the checkpoint has {'.'.join(names)} = {found!r}: only {value!r} is converted")


def safetensors_bytes(tensors):
    """As the program writes it: names in order, each tensor aligned by the header's padding."""
    header, data = {"__metadata__": {"format": "sagbench policy 1"}}, b""
    for name in sorted(tensors):
        tensor = tensors[name]
        end = len(data) + len(tensor.bytes)
        header[name] = {"dtype": tensor.dtype, "shape": list(tensor.shape), "data_offsets": [len(data), end]}
        data += tensor.bytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def write(path, data):
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def convert(options):
    checkpoint = load(options.checkpoint)
    config = plain(checkpoint.get("cfg")) if isinstance(checkpoint, dict) else None
    config = config if isinstance(config, dict) else {}
    check_settings(config)
    name, tensors = policy_tensors(checkpoint, not options.raw)
    for normalizer in NORMALIZERS:
        shape(tensors, "normalizer." + normalizer, 1)
    knobs = dict(knob.split("=", 1) for knob in options.knob)
    data = safetensors_bytes(tensors)
    sha256 = hashlib.sha256(data).hexdigest()
    source = {"file": options.checkpoint.name,
              "sha256": hashlib.sha256(options.checkpoint.read_bytes()).hexdigest(),
              "weights": name, "configuration": config}
    text = {"config": policy_config(config, tensors, options.task, knobs), "format": 1,
            "provenance": {"converted": source}, "sha256": sha256}
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "policy.safetensors", data)
    write(options.out / "policy.json", (json.dumps(text, indent=2, sort_keys=True, default=str) + "\n").encode())
    print(f"{options.out}: {name} of {options.checkpoint.name}, {len(tensors)} tensors")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkpoint", type=Path, metavar="CKPT")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--task", choices=sorted(KEYS), help="default: the configuration's")
    parser.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE",
                        help="a setting of the task, e.g. semantics=v15")
    parser.add_argument("--raw", action="store_true", help="not the averaged weights")
    options = parser.parse_args()
    if any("=" not in knob for knob in options.knob):
        parser.error("--knob takes NAME=VALUE")
    try:
        convert(options)
    except CheckpointError as error:
        print(f"error: {error}", file=sys.stderr)
        return BAD_FILE
    return 0


if __name__ == "__main__":
    sys.exit(main())
