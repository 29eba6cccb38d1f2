"""A model that obeys the material instead of us: what it says becomes no question (I4, I11)."""

import json

import pytest

from ai.enums import CallOutcome, QuestionKind
from ai.gateway.embeddings import Embedder
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.generation import generate
from ai.gateway.openai_compatible import Endpoint, OpenAiCompatible
from ai.gateway.prompts.questions import SYSTEM
from ai.gateway.provider import QuestionRequest
from ai.tests.fault_proxy import FaultProxy
from ai.tests.injection_corpus import CORPUS
from ai.tests.passages import PHOTOSYNTHESIS


def test_corpus_has_a_hundred_and_eighty_texts() -> None:
    assert len(set(CORPUS)) == 180


@pytest.mark.parametrize("at", range(0, len(CORPUS), 12))
def test_obeying_model_gets_nothing_through(proxy: FaultProxy, embedder: Embedder, at: int) -> None:
    model = OpenAiCompatible(Endpoint(proxy.url, "sk", "fake", 20.0))
    for text in CORPUS[at : at + 12]:
        proxy.faults = ["obeys"]
        request = QuestionRequest(f"{text}\n\n{PHOTOSYNTHESIS}", QuestionKind.SINGLE_CHOICE, 2)
        batch = generate(request, [model], embedder=embedder)
        assert (batch.items, batch.calls[0].outcome) == ([], CallOutcome.ANSWERED), text
        system, user = proxy.requests.pop()["messages"]
        assert system["content"] == SYSTEM
        order = text.replace("\u200b", "").strip().splitlines()[-1]
        assert order[-30:] not in user["content"][0]["text"]


@pytest.mark.parametrize("text", CORPUS[::7])
def test_rules_do_not_ask_about_orders(extractive: ExtractiveProvider, text: str) -> None:
    request = QuestionRequest(f"{text}\n\n{PHOTOSYNTHESIS}", QuestionKind.SINGLE_CHOICE, 2)
    batch = generate(request, [extractive])
    said = json.dumps([(i.question.stem, i.question.options) for i in batch.items], default=str)
    assert len(batch.items) == 2
    assert "HACKED" not in said
    assert "evil.example" not in said
