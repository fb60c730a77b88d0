//! Documented values, limits and defaults.

use otcdb_apidocs::{Field, Limited, Stated};

use crate::common::{Listed, facts, item, table};

fn field(description: &str) -> Field {
    let page = Listed {
        response: item(
            "Normal response",
            &table(
                "**Table 2** Parameter description",
                &["Name", "Type", "Description"],
                &[&["it", "String", description]],
            ),
        ),
        ..Listed::default()
    };
    facts(&page.page()).responses[0].body.forms[0].fields[0].clone()
}

#[test]
fn values_are_taken_where_the_page_lists_them() {
    for (description, expected) in [
        (
            "The value can be **0**, **1**, or **3**.",
            vec!["0", "1", "3"],
        ),
        (
            "Order. The value can be **desc** (down) or **asc** (up).",
            vec!["desc", "asc"],
        ),
        ("Options: **HOT**, **COLD**.", vec!["HOT", "COLD"]),
        ("The value is **run**.", vec!["run"]),
        (
            "State.\n\nEnumeration values:\n\n-  **true**\n\n-  **false**",
            vec!["true", "false"],
        ),
        (
            "Options:\n\n-  **A**: first\n-  **B**: second",
            vec!["A", "B"],
        ),
        (
            "Sort. Valid value:\n\n-  INSERT\n-  UPDATE",
            vec!["INSERT", "UPDATE"],
        ),
        (
            "State.\n\n-  **DONE**: over\n-  **OPEN**: not over",
            vec!["DONE", "OPEN"],
        ),
        ("For A, the value is **x** or **y**.", vec!["x", "y"]),
        (
            "-  Green databases support 3.1 and 4.2. Example value: 3.1",
            vec!["3.1", "4.2"],
        ),
    ] {
        assert_eq!(field(description).values, expected, "{description}");
    }
}

#[test]
fn what_a_sentence_merely_mentions_is_no_value() {
    for description in [
        "Returned with **true** only when it is on.",
        "If the value is **true**, it is counted.",
        "For example, the value **0** stands for today.",
        "The default value is **3**.",
        "The minimum value is **1**.",
        "The value is unique.",
        "It is set to **null**.",
        "Example values:\n\n-  GREEN: **8.0**\n-  BLACK: **14**",
        "Start.\n\nExample value:\n\n-  08:15-09:15\n-  23:00-00:00",
        "Code, **tea.green** for instance: tea.green.2\n\n-  **tea**: the product\n-  **green**: the sort",
    ] {
        assert_eq!(field(description).values, [""; 0], "{description}");
    }
}

#[test]
fn limits_are_read_as_numbers_with_their_units() {
    let read = |description: &str| -> Vec<(Limited, Option<String>, Option<String>)> {
        field(description)
            .limits
            .into_iter()
            .map(|l| (l.of, l.min, l.max))
            .collect()
    };
    let some = |text: &str| Some(text.to_owned());
    for (description, of, min, max) in [
        ("Maximum: **1024**", Limited::Value, None, some("1024")),
        (
            "Minimum: **1**\n\nMaximum: **50**",
            Limited::Value,
            some("1"),
            some("50"),
        ),
        (
            "The value range is from 1 to 937.",
            Limited::Value,
            some("1"),
            some("937"),
        ),
        ("Value range: [1,50]", Limited::Value, some("1"), some("50")),
        (
            "Value range: [1, 50]",
            Limited::Value,
            some("1"),
            some("50"),
        ),
        (
            "Value range: 1-10,240 (whole).",
            Limited::Value,
            some("1"),
            some("10240"),
        ),
        (
            "Its value range is from 30 GB to 7000 GB.",
            Limited::Value,
            some("30 GB"),
            some("7000 GB"),
        ),
        (
            "The minimum value is **2** and the maximum value is **90**.",
            Limited::Value,
            some("2"),
            some("90"),
        ),
        (
            "The default value is **9**. The value must be whole. The minimum value is **2** and the maximum value is **90**.",
            Limited::Value,
            some("2"),
            some("90"),
        ),
        (
            "The value must be 7 to 64 characters in length.",
            Limited::Length,
            some("7"),
            some("64"),
        ),
        (
            "The value must be no less than 7.",
            Limited::Value,
            some("7"),
            None,
        ),
    ] {
        assert_eq!(read(description), [(of, min, max)], "{description}");
    }
    assert_eq!(read("There are 3 to 4 kettles.").len(), 0);
    assert_eq!(read("A ranges from 1 to 5. B ranges from 7 to 9.").len(), 2);
}

#[test]
fn defaults_are_stated_stated_as_none_or_missing() {
    let value = |text: &str| Stated::Value(vec![text.to_owned()]);
    for (description, expected) in [
        ("The default value is **10**.", value("10")),
        ("Default value: **desc**", value("desc")),
        ("The default value is 0.", value("0")),
        ("The default value is empty.", Stated::Nothing),
        ("The default value is **null**.", Stated::Nothing),
        ("No word about it.", Stated::Missing),
    ] {
        assert_eq!(field(description).default, expected, "{description}");
    }
}

#[test]
fn ranges_and_values_are_read_in_chinese_and_in_one_line() {
    for (description, min, max) in [
        ("个数，取值范围：1~100。", "1", "100"),
        ("取值范围为1～100", "1", "100"),
        ("取值范围：1-100", "1", "100"),
        ("取值范围：[1, 100]", "1", "100"),
        ("取值范围为1至100。默认值为10。", "1", "100"),
        ("Minimum: 1 Maximum: 100", "1", "100"),
        ("Value range: 1–100", "1", "100"),
        ("It must be from 1 to 100.", "1", "100"),
    ] {
        let limits = field(description).limits;
        assert_eq!(limits.len(), 1, "{description}: {limits:?}");
        assert_eq!(limits[0].of, Limited::Value, "{description}");
        let found = (limits[0].min.as_deref(), limits[0].max.as_deref());
        assert_eq!(found, (Some(min), Some(max)), "{description}");
    }
    let of_length = field("名称，长度范围为1~64个字符").limits;
    assert_eq!(of_length[0].of, Limited::Length, "{of_length:?}");
    for description in ["引擎，取值：MySQL、PostgreSQL。", "取值为MySQL或PostgreSQL"] {
        let values = field(description).values;
        assert_eq!(values, ["MySQL", "PostgreSQL"], "{description}");
    }
}

#[test]
fn a_column_may_say_what_can_be_left_out() {
    for (header, yes, no) in [
        ("Mandatory (Yes/No)", "Yes", "No"),
        ("M/O", "M", "O"),
        ("可选/必选", "必选", "可选"),
        ("是否可选", "否", "是"),
    ] {
        let page = Listed {
            response: item(
                "Normal response",
                &table(
                    "**Table 2** Parameter description",
                    &["Name", header, "取值类型", "Description"],
                    &[&["a", yes, "String", "A."], &["b", no, "String", "B."]],
                ),
            ),
            ..Listed::default()
        };
        let fields = facts(&page.page()).responses[0].body.forms[0]
            .fields
            .clone();
        assert_eq!(fields[0].mandatory, Stated::Value(true), "{header}");
        assert_eq!(fields[1].mandatory, Stated::Value(false), "{header}");
        assert_eq!(fields[0].type_word, Stated::Value("String".to_owned()));
    }
}
