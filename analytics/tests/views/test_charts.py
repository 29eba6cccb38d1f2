from analytics.views.charts import rounded


def test_figures_are_rounded_and_not_cut_off() -> None:
    assert [rounded(value) for value in (0.299, 0.996, -0.126, 2.0, -0.001)] == [
        "0.30",
        "1.00",
        "-0.13",
        "2.00",
        "0.00",
    ]
    assert rounded(59.6, 0) == "60"
