#!/usr/bin/env python3
"""Training speed against the original's network in PyTorch, interleaved in one run.

    python3 bench/training_rate.py build/dev/bench/micro/micro_training

Each round lets both sides train push-T's policy (width 256, batch 256, horizon 16) for a few
iterations, one after the other, in an order drawn anew; what is printed are the medians and the ratio
with a bootstrap interval over the rounds. The Python side is diffusion_policy's transformer (torch's own
decoder layers), its AdamW groups and its averaged weights: with dropout as it trains push-T, and
without, as sagbench's shipped policies were trained; in float32, and with --bf16 under autocast.
"""
import argparse
import copy
import json
import math
import os
import random
import statistics
import subprocess
import sys
import time

import torch
from torch import nn

WIDTH, HEADS, LAYERS, HORIZON, ACTION, OBSERVATION, STEPS, BATCH = 256, 4, 8, 16, 2, 20, 100, 256
ITERATIONS = 8  # of each side in a round; micro_training has the same


class DpTransformer(nn.Module):
    """TransformerForDiffusion with n_cond_layers=0 and causal attention (spec: shared names, own text)."""

    def __init__(self, dropout):
        super().__init__()
        self.pos_emb = nn.Parameter(0.02 * torch.randn(1, HORIZON, WIDTH))
        self.cond_pos_emb = nn.Parameter(0.02 * torch.randn(1, 3, WIDTH))
        self.input_emb = nn.Linear(ACTION, WIDTH)
        self.cond_obs_emb = nn.Linear(OBSERVATION, WIDTH)
        self.encoder = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.Mish(),
                                     nn.Linear(4 * WIDTH, WIDTH))
        layer = nn.TransformerDecoderLayer(WIDTH, HEADS, 4 * WIDTH, dropout, "gelu",
                                           batch_first=True, norm_first=True)
        self.decoder = nn.TransformerDecoder(layer, LAYERS)
        self.ln_f = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, ACTION)
        query, memory = torch.arange(HORIZON)[:, None], torch.arange(3)[None]
        own = torch.arange(HORIZON)[None]
        self.register_buffer("mask", torch.zeros(HORIZON, HORIZON).masked_fill(own > query, -math.inf))
        self.register_buffer("memory_mask",
                             torch.zeros(HORIZON, 3).masked_fill(query < memory - 1, -math.inf))

    def forward(self, sample, timesteps, observations):
        half = WIDTH // 2
        scale = torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
        angle = timesteps[:, None].float() * scale
        time_token = torch.cat([angle.sin(), angle.cos()], -1)[:, None]
        memory = torch.cat([time_token, self.cond_obs_emb(observations)], 1) + self.cond_pos_emb
        x = self.input_emb(sample) + self.pos_emb
        x = self.decoder(x, self.encoder(memory), self.mask, self.memory_mask)
        return self.head(self.ln_f(x))


class Original:
    """One training in the original's order: loss, backward, step, learning rate, averaged weights."""

    def __init__(self, bf16, dropout):
        torch.manual_seed(1)
        self.bf16 = bf16
        self.model = DpTransformer(dropout).train()
        self.average = copy.deepcopy(self.model).eval().requires_grad_(False)
        decay = [m.weight for m in self.model.modules() if isinstance(m, nn.Linear)]
        decay += [m.in_proj_weight for m in self.model.modules()
                  if isinstance(m, nn.MultiheadAttention)]
        chosen = {id(p) for p in decay}
        rest = [p for p in self.model.parameters() if id(p) not in chosen]
        self.optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.1},
                                            {"params": rest, "weight_decay": 0.0}],
                                           lr=1e-4, betas=(0.9, 0.95))
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer,
                                                          lambda step: min(1.0, step / 1000))
        angle = (torch.arange(STEPS + 1) / STEPS + 0.008) / 1.008 * math.pi / 2
        share = angle.cos() ** 2
        betas = (1 - share[1:] / share[:-1]).clamp(max=0.999)
        self.kept = torch.cumprod(1 - betas, 0)
        self.actions = torch.randn(4096, HORIZON, ACTION).clamp(-1, 1)
        self.observations = torch.randn(4096, 2, OBSERVATION).clamp(-1, 1)
        self.updates = 0

    def step(self):
        rows = torch.randint(0, len(self.actions), (BATCH,))
        clean, noise = self.actions[rows], torch.randn(BATCH, HORIZON, ACTION)
        timesteps = torch.randint(0, STEPS, (BATCH,))
        kept = self.kept[timesteps][:, None, None]
        with torch.autocast("cpu", torch.bfloat16, enabled=self.bf16):
            predicted = self.model(kept.sqrt() * clean + (1 - kept).sqrt() * noise, timesteps,
                                   self.observations[rows])
            loss = nn.functional.mse_loss(predicted.float(), noise)
        loss.backward()
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.schedule.step()
        self.updates += 1
        keep = min(0.9999, max(0.0, 1 - self.updates ** -0.75))
        with torch.no_grad():
            for mine, theirs in zip(self.average.parameters(), self.model.parameters()):
                mine.mul_(keep).add_(theirs, alpha=1 - keep)
        return loss.item()


def original_rate(training, iterations):
    begin = time.perf_counter()
    for _ in range(iterations):
        loss = training.step()
    assert math.isfinite(loss)
    return BATCH * iterations / (time.perf_counter() - begin)


def own_rate(program, bf16, full_every, dropout):
    name = f"TrainingIteration/bf16:{bf16}/full_every:{full_every}/dropout:{dropout}/"
    out = subprocess.run([program, f"--benchmark_filter={name}", "--benchmark_format=json"],
                         capture_output=True, check=True)
    return json.loads(out.stdout)["benchmarks"][0]["items_per_second"]


def interval(numerator, denominator, draws=10000):
    """Median ratio of paired rounds and its 95 % bootstrap interval."""
    ratios = [a / b for a, b in zip(numerator, denominator)]
    source = random.Random(1)
    medians = sorted(statistics.median(source.choices(ratios, k=len(ratios))) for _ in range(draws))
    return statistics.median(ratios), medians[draws // 40], medians[-draws // 40]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", help="micro_training")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--bf16", action="store_true",
                        help="also both under bfloat16 autocast: minutes a round on CPUs without "
                             "bfloat16 units")
    arguments = parser.parse_args()
    threads = len(os.sched_getaffinity(0))
    torch.set_num_threads(threads)
    originals = {"PyTorch float32, dropout": Original(False, 0.01),
                 "PyTorch float32": Original(False, 0.0)}
    if arguments.bf16:
        originals["PyTorch bf16, dropout"] = Original(True, 0.01)
        originals["PyTorch bf16"] = Original(True, 0.0)
    sides = {name: lambda t=training: original_rate(t, ITERATIONS)
             for name, training in originals.items()}
    for name, bf16, full_every, dropout in [("float32, dropout", 0, 1, 1), ("float32", 0, 1, 0),
                                            ("float32, --full-every 8", 0, 8, 0),
                                            ("bf16, dropout", 1, 1, 1), ("bf16", 1, 1, 0)]:
        if bf16 and not arguments.bf16:
            continue
        sides["sagbench " + name] = lambda b=bf16, f=full_every, d=dropout: own_rate(
            arguments.program, b, f, d)
    for training in originals.values():
        original_rate(training, 1)
    rates = {name: [] for name in sides}
    for _ in range(arguments.rounds):
        for name in random.sample(sorted(sides), len(sides)):
            rates[name].append(sides[name]())
            print(f"{name}: {rates[name][-1]:.0f} samples/s", file=sys.stderr)
    print(f"{threads} threads, {arguments.rounds} rounds of {ITERATIONS} iterations\n")
    print("| training | samples/s | " + " | ".join("of " + base for base in originals) + " |")
    print("|---" * (2 + len(originals)) + "|")
    for name, values in rates.items():
        cells = []
        for base in originals:
            middle, low, high = interval(values, rates[base])
            cells.append(f"{middle:.2f} [{low:.2f}, {high:.2f}]")
        print(f"| {name} | {statistics.median(values):.0f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
