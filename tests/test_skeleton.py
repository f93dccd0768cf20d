"""The frame stands: a person gets in and sees the lists they may see."""


def test_a_dispatcher_sees_the_customers_of_her_store(cast):
    answer = cast.at("dispatcher").get("/customers/")
    assert "Lövskär Livs AB" in answer.text
    assert cast.at("southerner").get("/customers/").text.count("Lövskär") == 0
