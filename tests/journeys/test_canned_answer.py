"""A librarian finds the answer that was written before, sees it filled in, and sends it."""

from tests.builders import mail
from tests.stage import Stage

TEXT = "Dear {patron},\n\nwe are open from ten to four on Saturdays.\n\n{owner}, {library}"


async def test_an_answer_written_once_is_found_filled_in_sent_and_counted(stage: Stage) -> None:
    await stage.open()
    await stage.mail(mail(text="When are you open on Saturday?"))
    reference = await stage.first_ticket()
    wrong = {"title": "Opening hours", "texts": {"en": "Dear {reader},"}}
    status, said, _ = await stage.api("POST", "/v1/answers", wrong)
    assert (status, said["type"]) == (422, "/problems/invalid")
    status, _, _ = await stage.api("POST", "/v1/answers", wrong | {"texts": {"en": TEXT}})
    assert status == 201

    _, found, _ = await stage.api("GET", "/v1/answers?q=saturday&language=en")
    [answer] = found["items"]
    path = f"/v1/answers/{answer['id']}"
    _, filled, _ = await stage.api("POST", f"{path}/preview", {"reference": reference})
    assert (filled["language"], filled["missing"]) == ("en", [])
    assert filled["text"].startswith("Dear Rhian Example,")
    assert filled["text"].endswith("Mair Pretend, Llanfair-on-Sea Public Library")

    _, _, seen = await stage.api("GET", f"/v1/tickets/{reference}")
    words = {"text": filled["text"], "answer": answer["id"]}
    status, _, _ = await stage.api(
        "POST", f"/v1/tickets/{reference}/reply", words, If_Match=seen["ETag"]
    )
    assert status == 200
    letter = await stage.letter("rhian@patrons.example", 2)
    assert "open from ten to four on Saturdays" in letter.text
    _, answer, _ = await stage.api("GET", path)
    assert answer["uses"] == 1
