"""Answers of the three model providers, always the same, over HTTP on this machine.

Every answer names MODEL_* and counts 9 tokens in and 2 out. Shapes follow what the pinned SDKs parse.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OPENAI_MODEL = "gpt-4o-mini-2024-07-18"
ANTHROPIC_MODEL = "claude-sonnet-4-5-20250929"
GEMINI_MODEL = "gemini-2.5-flash"
TOKENS_IN = 9
TOKENS_OUT = 2

CHAT_USAGE = {"prompt_tokens": TOKENS_IN, "completion_tokens": TOKENS_OUT, "total_tokens": 11}
RESPONSE_USAGE = {
    "input_tokens": TOKENS_IN,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": TOKENS_OUT,
    "output_tokens_details": {"reasoning_tokens": 0},
    "total_tokens": 11,
}


def chat():
    message = {"role": "assistant", "content": "Hello there"}
    return {
        "id": "chatcmpl-canned",
        "object": "chat.completion",
        "created": 1764000000,
        "model": OPENAI_MODEL,
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": CHAT_USAGE,
    }


def chat_chunks():
    def chunk(choices, usage=None):
        return None, {
            "id": "chatcmpl-canned",
            "object": "chat.completion.chunk",
            "created": 1764000000,
            "model": OPENAI_MODEL,
            "choices": choices,
            "usage": usage,
        }

    yield chunk([{"index": 0, "delta": {"role": "assistant", "content": "Hello"}, "finish_reason": None}])
    yield chunk([{"index": 0, "delta": {"content": " there"}, "finish_reason": "stop"}])
    yield chunk([], CHAT_USAGE)
    yield None, "[DONE]"


def response(status="completed"):
    text = {"type": "output_text", "text": "Hello there", "annotations": []}
    item = {"id": "msg_canned", "type": "message", "role": "assistant", "status": "completed", "content": [text]}
    return {
        "id": "resp_canned",
        "object": "response",
        "created_at": 1764000000,
        "status": status,
        "model": OPENAI_MODEL,
        "output": [item] if status == "completed" else [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": RESPONSE_USAGE if status == "completed" else None,
    }


def response_events():
    for number, (kind, status) in enumerate([("created", "in_progress"), ("completed", "completed")]):
        name = f"response.{kind}"
        yield name, {"type": name, "sequence_number": number, "response": response(status)}


def message():
    return {
        "id": "msg_canned",
        "type": "message",
        "role": "assistant",
        "model": ANTHROPIC_MODEL,
        "content": [{"type": "text", "text": "Hello there"}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT},
    }


def message_events():
    start = {**message(), "content": [], "stop_reason": None, "usage": {"input_tokens": TOKENS_IN, "output_tokens": 1}}
    events = [
        {"type": "message_start", "message": start},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello there"}},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": {"output_tokens": TOKENS_OUT},
        },
        {"type": "message_stop"},
    ]
    for event in events:
        yield event["type"], event


def content(text, tokens_in, tokens_out):
    return {
        "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {
            "promptTokenCount": tokens_in,
            "candidatesTokenCount": tokens_out,
            "totalTokenCount": tokens_in + tokens_out,
        },
        "modelVersion": GEMINI_MODEL,
        "responseId": "canned",
    }


def content_chunks():
    # The wrapper adds the counts of the chunks up.
    yield None, content("Hello", TOKENS_IN, 1)
    yield None, content(" there", 0, TOKENS_OUT - 1)


def interaction():
    return {
        "id": "interaction-canned",
        "object": "interaction",
        "created": "2026-05-09T07:29:33Z",
        "updated": "2026-05-09T07:29:34Z",
        "status": "completed",
        "role": "model",
        "model": GEMINI_MODEL,
        "outputs": [{"type": "text", "text": "Hello there"}],
        "usage": {"total_input_tokens": TOKENS_IN, "total_output_tokens": TOKENS_OUT, "total_tokens": 11},
    }


def interaction_events():
    started = {**interaction(), "status": "in_progress", "outputs": None, "usage": None}
    yield None, {"event_type": "interaction.start", "event_id": "1", "interaction": started}
    yield None, {"event_type": "content.start", "event_id": "2", "index": 0, "content": {"type": "text"}}
    yield None, {"event_type": "content.delta", "event_id": "3", "index": 0, "delta": {"type": "text", "text": "Hello"}}
    yield None, {"event_type": "content.stop", "event_id": "4", "index": 0}
    yield None, {"event_type": "interaction.complete", "event_id": "5", "interaction": interaction()}


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))) or b"{}")
        path = self.path.split("?")[0]
        stream = body.get("stream") is True
        if path.endswith("/chat/completions"):
            self._events(chat_chunks()) if stream else self._json(chat())
        elif path.endswith("/responses"):
            self._events(response_events()) if stream else self._json(response())
        elif path.endswith("/messages"):
            self._events(message_events()) if stream else self._json(message())
        elif path.endswith(":generateContent"):
            self._json(content("Hello there", TOKENS_IN, TOKENS_OUT))
        elif path.endswith(":streamGenerateContent"):
            self._events(content_chunks())
        elif path.endswith("/interactions"):
            self._events(interaction_events()) if stream else self._json(interaction())
        else:
            self.send_error(404, f"nothing canned for {self.path}")

    def _json(self, answer):
        self._send("application/json", json.dumps(answer))

    def _events(self, events):
        lines = []
        for name, data in events:
            if name is not None:
                lines.append(f"event: {name}\n")
            lines.append(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n")
        self._send("text/event-stream", "".join(lines))

    def _send(self, content_type, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Standard output and error belong to the check."""


def start():
    """Serves on a free port of 127.0.0.1 until the process ends; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
