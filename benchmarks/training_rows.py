"""Rows of the training benchmark: from what an engine answered to what is written and printed."""

from __future__ import annotations

import statistics
import time


def describe(case: dict) -> str:
    spec = case["spec"]
    return (
        f"{spec['kind']} L={spec['channels']} z={spec['latentDims']} B={case['batchSize']} "
        f"{spec['filters']} filters, {case['windows']} windows"
    )


def join(found: dict[str, dict], engine: str, answer: dict) -> None:
    """Add the times of a further turn to those of the turns before."""
    if engine not in found:
        found[engine] = answer
        return
    before = found[engine]
    for name in ("milliseconds", "epochs"):
        before[name] = before[name] + answer[name]
    before["steps"] += answer["steps"]


def row_of(case: dict, engine: str, found: dict) -> dict:
    """A row of the results from what an engine answered."""
    spec, times, epochs = case["spec"], found["milliseconds"], found.get("epochs") or []
    median = statistics.median(times)
    row = {
        "kind": spec["kind"],
        "channels": spec["channels"],
        "latents": spec["latentDims"],
        "batch": case["batchSize"],
        "filters": spec["filters"],
        "windows": case["windows"],
        "engine": engine,
        "ms": round(median, 4),
        "ms_min": round(min(times), 4),
        "ms_max": round(max(times), 4),
        "repeats": len(times),
        "steps": found["steps"],
        "epoch_s": round(
            statistics.median(epochs)
            if epochs
            else median * case["windows"] / case["batchSize"] / 1e3,
            3,
        ),
        "epoch_measured": bool(epochs),
        "date": time.strftime("%Y-%m-%d"),
        "version": found["version"],
    }
    for name in ("trainer", "notice", "device", "threads"):
        if found.get(name):
            row[name] = found[name]
    for name in ("dispatches", "submissions"):
        if found.get(name):
            row[name] = round(found[name], 2)
    if found.get("software"):
        row["software"] = True
    for name, keys in (("gpu_mb", ("gpuBytes", "gpu_bytes")), ("memory_mb", ("rss_bytes",))):
        value = next((found[key] for key in keys if found.get(key)), 0)
        if value:
            row[name] = round(value / 1e6)
    if found.get("check"):
        row["check"] = found["check"]
    if found.get("start"):
        row["first_step_ms"] = round(found["start"])
    return row


def problem_of(found: dict) -> str:
    """Why the losses of an engine make no sense; '' where they do."""
    losses = found["losses"]
    if len(losses) < 2:
        return "no two epochs were trained"
    if not all(isinstance(v, (int, float)) and v == v for v in losses):
        return f"the loss is not finite: {losses}"
    return "" if losses[-1] < losses[0] else f"the loss does not fall: {losses[0]} to {losses[-1]}"


def line(row: dict, problem: str) -> None:
    """One row for a person."""
    epoch = f"{row['epoch_s']:8.3f} s/epoch" + (" " if row["epoch_measured"] else "*")
    further = []
    if "dispatches" in row:
        further.append(f"{row['dispatches']:.0f} dispatches, {row['submissions']:.2f} submissions")
    if "gpu_mb" in row:
        further.append(f"GPU {row['gpu_mb']} MB")
    if "memory_mb" in row:
        further.append(f"memory {row['memory_mb']} MB")
    if "first_step_ms" in row:
        further.append(f"first step after {row['first_step_ms']} ms")
    if "check" in row:
        further.append(f"loss within {row['check']['relative']:.1e} of PyTorch's")
    if "trainer" in row:
        further.append(row["trainer"])
    if row.get("notice"):
        further.append(row["notice"])
    print(
        f"  {row['engine']:16s} {row['ms']:9.3f} ms ({row['ms_min']:.3f} to {row['ms_max']:.3f}) "
        f"{epoch} {'; '.join(further)}{'  PROBLEM: ' + problem if problem else ''}",
        flush=True,
    )
