//! Plain text: the file is the document.

use super::{Parsed, Raw, ReadOptions, Reader, decode::decode, stream};
use crate::document::Document;

pub(super) struct Text;

impl Reader for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    // No ending: what is in a .txt is told by its content.
    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn cutter(&self, _: &ReadOptions) -> Box<dyn stream::Cutter> {
        Box::new(stream::Whole::default())
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let (text, warning) = decode(&raw.bytes, options.encoding, None);
        let warning =
            warning.or_else(|| text.trim().is_empty().then(|| "an empty file".to_owned()));
        Parsed::document(Document::new(&*raw.id, text), raw, warning)
    }
}
