"""What this worker can do: the work of the two demonstration agents, without a model."""


def capabilities(bootstrap, telemetry):
    """By name; each takes the payload and who asked for it (`None`: the worker itself)."""
    agent, inputs = bootstrap["agent_id"], bootstrap["inputs"]
    origin = {"provider": "offline", "model": "python-example-1", "stub": True}

    def told(task, commissioned_by, text):
        about = {"task": task, "commissioned_by": commissioned_by, **origin}
        telemetry.event("llm.started", **about)
        telemetry.event("llm.complete", **about, tokens_used=None, payload={**origin, "tokens_used": None})
        return text

    def research(payload, commissioned_by):
        topic = _text(payload, "topic", "text") or str(inputs.get("topic", "AI"))
        points = [f"- What is known about {topic}?", f"- Who decides what counts as {topic}?"]
        findings = told("research", commissioned_by, "\n".join(points))
        return {"findings": findings, "topic": topic, "agent": agent, **origin}

    def write(payload, commissioned_by):
        findings = _text(payload, "findings", "text")
        style = str(inputs.get("style", "casual"))
        article = told("write", commissioned_by, f"# Article ({style})\n\n{findings}\n\nNo model was asked.")
        return {"article": article, "style": style, "agent": agent, **origin}

    known = {"research.query": research, "write.content": write}
    return {name: known[name] for name in bootstrap["aitp"]["offered_caps"]}


def _text(payload, *keys):
    if isinstance(payload, dict):
        return next((str(payload[key]) for key in keys if key in payload), str(payload))
    return "" if payload is None else str(payload)
