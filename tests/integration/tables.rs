//! Tables of Parquet: rows in, rows out. What is written is read by the library's own reader of records, which ours does not use.

#![allow(
    clippy::unwrap_used,
    reason = "a helper of tests that can't go on fails the test"
)]

use crate::cli::Dir;
use parquet::{
    basic::{Compression, ZstdLevel},
    data_type::{ByteArray, ByteArrayType, Int64Type},
    file::{
        properties::WriterProperties,
        reader::{FileReader, SerializedFileReader},
        writer::SerializedFileWriter,
    },
    record::Field,
    schema::parser::parse_message_type,
};
use serde_json::{Value, json};
use std::{
    fs::{self, File},
    path::Path,
    sync::Arc,
};
use wiretag::read::{ReadOptions, Source, Sources, Stream};

/// A column of a table that a test writes.
#[derive(Clone)]
enum Column {
    Texts(Vec<Option<Vec<u8>>>),
    Integers(Vec<Option<i64>>),
}

fn texts(values: &[Option<&str>]) -> Column {
    let bytes = |v: &Option<&str>| v.map(|v| v.as_bytes().to_vec());
    Column::Texts(values.iter().map(bytes).collect())
}

/// A table of optional columns, its row groups one after the other.
fn table(path: &Path, schema: &str, packed: Compression, groups: &[Vec<Column>]) {
    let schema = parse_message_type(&format!("message schema {{ {schema} }}")).unwrap();
    let properties = WriterProperties::builder().set_compression(packed).build();
    let file = File::create(path).unwrap();
    let mut file = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties)).unwrap();
    for columns in groups {
        let mut group = file.next_row_group().unwrap();
        for column in columns {
            let mut writer = group.next_column().unwrap().unwrap();
            match column {
                Column::Texts(values) => {
                    let levels: Vec<i16> = values.iter().map(|v| v.is_some().into()).collect();
                    let values = values.iter().flatten().cloned().map(ByteArray::from);
                    writer
                        .typed::<ByteArrayType>()
                        .write_batch(&values.collect::<Vec<_>>(), Some(&levels), None)
                        .unwrap();
                }
                Column::Integers(values) => {
                    let levels: Vec<i16> = values.iter().map(|v| v.is_some().into()).collect();
                    let values: Vec<i64> = values.iter().flatten().copied().collect();
                    writer
                        .typed::<Int64Type>()
                        .write_batch(&values, Some(&levels), None)
                        .unwrap();
                }
            }
            writer.close().unwrap();
        }
        group.close().unwrap();
    }
    file.close().unwrap();
}

const NEWS: &str = "optional binary url (string); optional int64 views; optional binary text (string); optional int64 at (timestamp(millis,true));";

/// Two row groups, of 3 rows and of 2.
fn news() -> Vec<Vec<Column>> {
    vec![
        vec![
            texts(&[Some("a"), Some("b"), None]),
            Column::Integers(vec![Some(-5), None, Some(7)]),
            texts(&[Some("🚀 Iran left."), Some("NATO stayed."), Some("Iran")]),
            Column::Integers(vec![Some(1_700_000_000_000), None, Some(0)]),
        ],
        vec![
            texts(&[Some("d"), Some("e")]),
            Column::Integers(vec![None, None]),
            texts(&[None, Some("In Köln,\nNATO met Iran.")]),
            Column::Integers(vec![None, Some(i64::MAX)]),
        ],
    ]
}

#[test]
fn rows_are_read_as_lines_of_json_are() {
    let dir = Dir::new();
    dir.write(
        "lines.jsonl",
        r#"{"url":"a","views":-5,"text":"🚀 Iran left.","at":"2023-11-14T22:13:20Z"}
{"url":"b","views":null,"text":"NATO stayed.","at":null}
{"url":null,"views":7,"text":"Iran","at":"1970-01-01T00:00:00Z"}
{"url":"d","views":null,"text":null,"at":null}
{"url":"e","views":null,"text":"In Köln,\nNATO met Iran.","at":9223372036854775807}
"#,
    );
    let lines = dir.annotate(&["lines.jsonl", "--id-field", "url"]).exits(1);
    let expected = lines.text().replace("lines.jsonl:3", "rows:3");
    for packed in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4_RAW,
    ] {
        // The name need not say what it is.
        table(&dir.path("rows"), NEWS, packed, &news());
        for threads in ["1", "3"] {
            let rows = dir.annotate(&["rows", "--id-field", "url", "-j", threads]);
            let rows = rows.exits(1);
            assert_eq!(rows.text(), expected, "{packed}");
            rows.says("rows:4: no text in field \"text\", the row has \"url\", \"views\", \"at\" (--text-field names another)");
        }
    }
    let shard = dir.annotate(&["rows", "--id-field", "url", "--shard", "2/2"]);
    assert_eq!(shard.exits(1).records()[0].id, "b");
}

#[test]
fn what_is_wrong_with_tables_is_told_with_the_row() {
    let dir = Dir::new();
    let mut bad = news();
    bad[1][2] = Column::Texts(vec![Some(b"K\xf6ln".to_vec()), Some(b"NATO".to_vec())]);
    table(&dir.path("bad.parquet"), NEWS, Compression::SNAPPY, &bad);
    let ran = dir.annotate(&["bad.parquet"]).exits(1);
    ran.says("bad.parquet:4: column \"text\" is not UTF-8\n");
    assert_eq!(ran.records().len(), 4);

    let ran = dir
        .annotate(&["bad.parquet", "--text-field", "body"])
        .exits(1);
    ran.says("bad.parquet: no text in column \"body\", the table has \"url\", \"views\", \"text\", \"at\" (--text-field names another)\n");
    let ran = dir
        .annotate(&["bad.parquet", "--text-field", "views"])
        .exits(1);
    ran.says("bad.parquet:1: field \"views\" is not a string\n");
    let ran = dir
        .annotate(&["bad.parquet", "--max-document", "70"])
        .exits(1);
    ran.says("bad.parquet:1: a document of more than 70 bytes (--max-document allows more)\n");
    assert_eq!(ran.records().len(), 3);

    let bytes = fs::read(dir.path("bad.parquet")).unwrap();
    let stream = "a table of Parquet has its contents listed at its end: it must be a file, neither a pipe nor packed";
    dir.annotate_stdin(&["-"], &bytes).exits(1).says(stream);
    dir.write("bad.parquet.gz", crate::cli::gzip(&bytes));
    dir.annotate(&["bad.parquet.gz"]).exits(1).says(stream);
    dir.write("cut.parquet", &bytes[..bytes.len() - 9]);
    let ran = dir.annotate(&["cut.parquet"]).exits(1);
    ran.says("cut.parquet: no table of Parquet, or a damaged one: ");
    dir.write("none.parquet", "Iran\n");
    let ran = dir.annotate(&["none.parquet"]).exits(1);
    ran.says("none.parquet: no table of Parquet, or a damaged one: ");
}

#[test]
fn damaged_tables_end_and_what_is_left_of_them_is_read() {
    let dir = Dir::new();
    let path = dir.path("a.parquet");
    let mut groups = news();
    for group in &mut groups {
        if let Column::Texts(texts) = &mut group[2] {
            texts[0] = Some("Iran and NATO. ".repeat(20).into_bytes());
        }
    }
    let mut rng = fastrand::Rng::with_seed(11);
    let (mut whole, mut hurt) = (0, 0);
    for round in 0..600 {
        let packed = match round % 3 {
            0 => Compression::UNCOMPRESSED,
            1 => Compression::SNAPPY,
            _ => Compression::ZSTD(ZstdLevel::default()),
        };
        table(&path, NEWS, packed, &groups);
        let mut bytes = fs::read(&path).unwrap();
        for _ in 0..rng.usize(1..4) {
            let at = rng.usize(4..bytes.len());
            bytes[at] = rng.u8(..);
        }
        fs::write(&path, &bytes).unwrap();
        let source: Source = Sources::new([path.to_str().unwrap()])
            .next()
            .unwrap()
            .unwrap();
        let options = ReadOptions::default();
        let Ok(stream) = Stream::open(&source, &options, &Default::default()) else {
            hurt += 1;
            continue;
        };
        // Far more than there can be: a reader that does not go on would never end.
        let items: Vec<_> = stream.take(10_000).collect();
        assert!(items.len() < 10_000);
        let problems = items.iter().filter(|item| item.is_err()).count();
        whole += usize::from(problems == 0 && items.len() == 5);
        hurt += usize::from(problems > 0);
        for raw in items.into_iter().flatten() {
            let parsed = raw.parse(&options);
            assert!(parsed.document.is_some() || !parsed.problems.is_empty());
        }
    }
    assert!(whole > 50 && hurt > 50, "{whole} {hurt}");
}

/// Records with all that a record can have.
fn records() -> Vec<Value> {
    let mut rng = fastrand::Rng::with_seed(4);
    let record = |i: usize| {
        let text = "🚀 Köln, ".repeat(rng.usize(1..6));
        let spans: Vec<Value> = (0..text.chars().count() / 8)
            .map(|n| {
                let mut span = json!({"start": 8 * n + 2, "end": 8 * n + 6, "label": "LOCATION", "text": "Köln"});
                let fields = [
                    ("entity", json!("city/koeln")),
                    ("name", json!("Cologne")),
                    ("also", json!(["a", "b\u{1}"])),
                    ("origin", json!("alias")),
                    ("score", json!(0.85)),
                    ("zone", json!("dateline")),
                    ("attributes", json!({"k": "v", "l": ""})),
                ];
                for (name, value) in fields {
                    if rng.bool() {
                        span[name] = value;
                    }
                }
                span
            })
            .collect();
        let mut record = json!({"id": format!("n{i}"), "text": text, "offset_unit": "codepoint", "spans": spans});
        if rng.bool() {
            record["meta"] = json!({"n": i, "x": {"y": ["\"", null]}});
        }
        record
    };
    (0..400).map(record).collect()
}

fn lines(records: &[Value]) -> String {
    records.iter().map(|r| format!("{r}\n")).collect()
}

#[test]
fn records_survive_the_way_through_a_table() {
    let dir = Dir::new();
    dir.write("a.jsonl", lines(&records()));
    dir.run(&["convert", "a.jsonl", "--to", "jsonl", "-o", "b.jsonl"])
        .exits(0);
    let expected = fs::read_to_string(dir.path("b.jsonl")).unwrap();
    assert!(expected.contains("\"attributes\":{\"k\"") && expected.contains("\"also\":["));
    for unit in ["codepoint", "utf16", "byte"] {
        for threads in ["1", "4"] {
            let name = format!("{unit}-{threads}.parquet");
            let args = ["convert", "b.jsonl", "--to", "parquet", "--offsets", unit];
            dir.run(&[&args[..], &["-j", threads, "-o", &name]].concat())
                .exits(0);
        }
        let [one, four] = ["1", "4"].map(|t| dir.path(&format!("{unit}-{t}.parquet")));
        let bytes = fs::read(one).unwrap();
        assert!(bytes == fs::read(four).unwrap());
        let name = format!("{unit}-1.parquet");
        let back = dir.run(&["convert", &name, "--to", "jsonl"]).exits(0);
        assert!(back.text() == expected, "{unit}");
        // To standard output it is the same table.
        let args = ["convert", "b.jsonl", "--to", "parquet", "--offsets", unit];
        assert!(dir.run(&args).exits(0).out == bytes);
        dir.run(&["check", &name]).exits(0);
    }
    let eval = dir.run(&["eval", "b.jsonl", "utf16-1.parquet"]).exits(0);
    assert!(!eval.text().contains("0.9"), "{}", eval.text());
}

#[test]
fn the_columns_of_a_table_are_those_that_are_documented() {
    let dir = Dir::new();
    dir.write("news/a.txt", "🚀 Iran left. NATO stayed.\n");
    dir.write("news/b.txt", "Nothing here.\n");
    let args = [
        "news",
        "--offsets",
        "utf16",
        "--to",
        "parquet",
        "-o",
        "out.parquet",
    ];
    dir.annotate(&args).exits(0);
    let file = File::open(dir.path("out.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let metadata = reader.metadata().file_metadata();
    let keys = metadata.key_value_metadata().unwrap();
    assert_eq!(
        (&*keys[0].key, keys[0].value.as_deref()),
        ("wiretag.offset_unit", Some("utf16"))
    );
    let leaves = metadata.schema_descr().columns().iter();
    let leaves: Vec<String> = leaves.map(|c| c.path().string()).collect();
    let span = |field: &str| format!("spans.list.element.{field}");
    let mut expected = vec!["id".to_owned(), "text".to_owned()];
    let fields = "start end label text entity name also.list.element origin score zone lost attributes.key_value.key attributes.key_value.value";
    expected.extend(fields.split(' ').map(span));
    expected.push("meta".to_owned());
    assert_eq!(leaves, expected);
    let rows: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let cells = |row: usize| {
        rows[row]
            .get_column_iter()
            .map(|(_, f)| f.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(cells(0)[0], Field::Str("a.txt".to_owned()));
    let Field::ListInternal(spans) = &cells(0)[2] else {
        panic!("{:?}", cells(0));
    };
    let Field::Group(span) = &spans.elements()[0] else {
        panic!("{spans:?}");
    };
    let span: Vec<&Field> = span.get_column_iter().map(|(_, field)| field).collect();
    assert_eq!((span[0], span[1]), (&Field::Long(3), &Field::Long(7)));
    assert_eq!(span[3], &Field::Str("Iran".to_owned()));
    assert_eq!(span[6], &Field::Null);
    assert!(matches!(span[8], Field::Double(score) if *score > 0.5));
    assert!(matches!(&cells(1)[2], Field::ListInternal(none) if none.len() == 0));
    assert_eq!(cells(1)[3], Field::Null);
}

#[test]
fn wrong_offsets_in_a_table_are_found_by_row() {
    let dir = Dir::new();
    dir.write(
        "a.jsonl",
        "{\"id\":\"a\",\"text\":\"🚀 Iran\",\"spans\":[]}\n{\"id\":\"b\",\"text\":\"🚀 Iran\",\"spans\":[{\"start\":2,\"end\":6,\"label\":\"COUNTRY\"}]}\n",
    );
    dir.run(&["convert", "a.jsonl", "--to", "parquet", "-o", "a.parquet"])
        .exits(0);
    // The metadata of the file is at its end: as long a word as `codepoint` that is no unit.
    let bytes = fs::read(dir.path("a.parquet")).unwrap();
    let at = bytes.windows(9).rposition(|w| w == b"codepoint").unwrap();
    let mut other = bytes.clone();
    other[at..at + 9].copy_from_slice(b"graphemes");
    dir.write("b.parquet", other);
    let ran = dir.run(&["check", "b.parquet"]).exits(1);
    let found = ran.text();
    assert!(
        found.contains("b.parquet:2: ") && found.contains("offset_unit \"graphemes\" is none of"),
        "{found}"
    );
}

#[test]
fn tables_are_written_at_one_go() {
    let dir = Dir::new();
    dir.write("a.txt", "Iran\n");
    let args = ["a.txt", "--to", "parquet", "-o", "a.parquet", "--resume"];
    let ran = dir.annotate(&args).exits(2);
    ran.says("the format parquet has its contents listed at its end: --resume works with jsonl, and wiretag convert makes the table of its output");
    let args = ["a.txt", "--to", "parquet", "-o", "a.parquet.zst"];
    let ran = dir.annotate(&args).exits(2);
    ran.says("the format is packed inside: leave .gz and .zst out of the name");
    assert!(!dir.path("a.parquet.zst.part").exists() && !dir.path("a.parquet.zst.state").exists());
    // An input without a document is a table without a row.
    dir.write("none.jsonl", "");
    dir.annotate(&["none.jsonl", "--to", "parquet", "-o", "none.parquet"])
        .exits(0);
    let file = File::open(dir.path("none.parquet")).unwrap();
    assert_eq!(
        SerializedFileReader::new(file)
            .unwrap()
            .metadata()
            .file_metadata()
            .num_rows(),
        0
    );
    let ran = dir.annotate(&["none.parquet"]).exits(0);
    assert!(ran.out.is_empty());
}
