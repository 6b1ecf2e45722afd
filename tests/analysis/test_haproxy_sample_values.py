"""Values of sample fetches and converters, as 2.4.30, 2.6.12, 2.8.25, 3.0.11, 3.2.26 and 3.4.7 judged them."""

import pytest

from cfglint.analysis.haproxy_verdict.samples import judge_sample


@pytest.mark.parametrize(
    ("expression", "verdicts"),
    [
        ("str(a),bytes", "FFF..."),
        ("str(a),bytes(1,2)", "......"),
        ("str(a),bytes(txn.a)", "FFF..."),
        ("str(a),bytes(a)", "FFFFFF"),
        ("str(a),bytes(-1)", "...FFF"),
        ("str(a),bytes(0,0)", "...FFF"),
        ("str(a),be2dec(:,9)", "FFFFFF"),
        ("str(a),be2dec(:,8)", "F....."),
        ("str(a),strcmp(a)", "FFFFFF"),
        ("str(a),strcmp(txn.a)", "......"),
        ("str(a),json_query", "FFFFFF"),
        ("str(a),json_query(a,int)", "......"),
        ("str(a),ipmask(24)", "......"),
        ("str(a),ipmask(33)", "FFFFFF"),
        ("str(a),bool", "......"),
        ("str(a),word(0,.)", "FFFFFF"),
        ("bool", "FFFFFF"),
        ("bool(true)", "......"),
        ("var(txn.a,b)", "F....."),
        ("var", "FFFFFF"),
        ("query(with_qm)", "FFFF.."),
        ("url_param(a,,i)", "FF...."),
        ("fc_rtt(us)", "......"),
        ("fc_rtt(s)", "FFFFFF"),
    ],
)
def test_values_are_refused_as_six_daemons_refuse_them(expression: str, verdicts: str) -> None:
    fails = 0
    for problem in judge_sample(expression).problems:
        fails |= problem.fails
    assert "".join("F" if fails >> branch & 1 else "." for branch in range(6)) == verdicts
