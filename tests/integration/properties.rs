use wiretag::*;
fn found(g: &str, text: &str) -> String {
    let r = |e: Engine| {
        let mut b = Gazetteer::builder();
        for (i, s) in g.split("---\n").enumerate() { b.add_source(&format!("g{i}"), s, &SourceDefaults::default()); }
        let g = std::sync::Arc::new(b.build().unwrap());
        let text = text.to_owned();
        std::panic::catch_unwind(move || {
            let m = Matcher::with_engine(g.clone(), e);
            let mut t = Tokens::default();
            t.fill(&text, g.seed());
            let mut f = Matches::default();
            m.find(&text, &t, &mut f);
            let toks: Vec<&str> = (0..t.len()).map(|i| &text[t.span(i).range()]).collect();
            format!("{:?}  tokens {:?}", f.names().iter().map(|m| (&text[m.span.range()], g.alias_text(m.alias))).collect::<Vec<_>>(), toks)
        }).unwrap_or("PANIC".into())
    };
    let (a, b) = (r(Engine::TokenIndex), r(Engine::AhoCorasick));
    if a == b { a } else { format!("DIFFER index {a} automaton {b}") }
}
#[test]
fn probe() {
    let l = "# label: X\nname\n";
    for (g, t) in [
        ("Workers' Party", "the Workers' Party"), ("Workers' Party", "the Workers’ Party"), ("Workers' Party", "THE WORKERS' PARTY"), ("Workers' Party", "Workers'\nParty"),
        ("Rock 'n' Roll", "Rock ’n’ Roll"),
        ("NATO", "ที่NATO"), ("NATO", "北NATO"), ("NATO", "北\u{fe00}NATO"),
        ("Acme Co., Ltd.", "Acme Co., Ltd."), ("Acme Co., Ltd.", "Acme Co.,\tLtd."),
        ("ac|me", "ac|me"),("ac|me", "AC|ME"),
        ("É.U.", "E\u{301}.U."), ("É.U.", "É.U."),
        ("Iran\u{ad}", "Iran"), ("\u{200e}Iran", "Iran"), 
        ("Natos", "x"), ("ICBM {plural}", "ICBMs Icbms ICBMS"), ("SAM {plural}", "Sams SAMs"),
        ("Yahoo! {followed by: Japan}", "Yahoo! Japan"), ("Yahoo! {not followed by: Japan}", "Yahoo! Japan"),
        ("Yahoo! {near: Japan}", "Yahoo! Japan"),
        ("Αθήνας", "ΑΘΗΝΑΣ"), ("ﹱ", "ﹱ a"), ("ﹱ", "a ﹱ b"),
        ("Kim - Park", "Kim - Park"), ("Kim - Park", "KIM - PARK"), ("Kim - Park", "Kim – Park"), ("Kim - Park", "Kim Park"),
        ("missile {any}", "missile-free missile-\nfree missile- free"),
        ("Yes… No", "Yes… NO"), ("Yes… No", "Yes No"),
        ("Abrams {preceded by: Ofc}", "Ofc. Abrams"), ("Abrams {preceded by: Gen}", "Gen. Abrams"),
        ("Washington D.C. The Club", "washington D.C. The Club"),
        ("Washington D.C. The Club", "WASHINGTON D.C. The Club"),
        ("St. Petersburg", "St.\u{ad}Petersburg"), ("U.S.", "U.\u{ad}S."), ("U.S.", "Ｕ．Ｓ．"), ("U.S.", "U. S."),
        ("Foo", "\u{301}Foo"), ("Foo", "x_Foo_y x__Foo__y _Foo_ *Foo* a*Foo*b"),
        ("@Foo", "a @Foo"), ("$Foo", "a $Foo"), ("Foo (Bar)", "FOO (BAR)x FOO (BAR)"),
        (".NET", "ASP.NET .NET"), ("C++", "C++ C++11 c++ x-C++"), ("Foo-", "Foo- Foo– foo-"),
        ("Foo!", "Foo! foo! Foo！"), ("Foo Jr.", "Foo Jr. Foo Jr Foo Jr.x FOO JR.5"),
        ("AT&T", "AT&T AT & T AT＆T at&t AT&Tx AT&T-x"),
        ("(Foo) Bar", "(Foo) Bar (FOO) BAR x(FOO) BAR @(FOO) BAR"),
        ("'Abd", "'Abd ’Abd 'ABD"), ("Shi'", "SHI’ shi' Shi'"),
        ("Foo /Bar", "Foo /Bar FOO/BAR FOO / BAR"),
        ("Foo  Bar", "FOO BAR"), ("Foo--Bar", "Foo--Bar FOO--BAR FOO — BAR"), ("Foo — Bar", "FOO — BAR FOO -- BAR"),
        ("“Foo” Bar", "\"FOO\" BAR"), ("Ed \"Too\" Bar", "ED “TOO” BAR"),
        ("U.S. Army", "U.S.Army US Army U.S.-Army U S Army US-Army"),
        ("ℏ", "ħ"), ("ᵊ", "ə"),
        ("Köln", "ＫÖＬＮ koln"), ("Kim", "Kim\u{ad}Kim"), ("T-72", "T\u{ad}72 T\u{ad}-72 T\u{2060}-\u{2060}72"),
        ("Foo\u{200b}Bar", "FooBar"), ("Foo & Co", "FOO & CO FOO&CO"),
    ] {
        println!("{g:?} in {t:?}: {}", found(&format!("{l}{g}\n"), t));
    }
    println!("lexicon substring: {}", found("# label: X\nname\nzzz\n---\n# lexicon: t\nname\nfoo {substring}\n", "a foobar b"));
    let g = Gazetteer::from_str("# label: X\nid\tname\n1\tAaa Bbb\n2\tAaa Bbb\n3\tBbb Ccc\n4\tCcc Ddd Eee\n5\tCcc Ddd Eee\n").unwrap();
    let a = Annotator::builder().overlaps(Overlaps::All).build(g).unwrap();
    let d = Document::new("x", "Aaa Bbb Ccc Ddd Eee");
    let mut f = Found::default();
    a.annotate_into(&mut Scratch::default(), &d, &mut f);
    println!("{:?}", f.also);
    for m in a.record(&d, &f, OffsetUnit::Byte).spans { println!("{} {:?} {:?} {:?}", m.text, m.entity, m.also, m.lost); }
}
