//! Plain text: the file is the document.

use super::{Parsed, Raw, ReadOptions, Reader, decode::decode, stream};
use crate::document::Document;

pub(super) struct Text;

impl Reader for Text {
    fn cut(&self, stream: &mut stream::Input) -> Option<Result<stream::Cut, String>> {
        stream.whole()
    }

    fn parse(&self, raw: &Raw, options: &ReadOptions) -> Parsed {
        let (text, warning) = decode(&raw.bytes, options.encoding);
        let warning =
            warning.or_else(|| text.trim().is_empty().then(|| "an empty file".to_owned()));
        Parsed::document(Document::new(&*raw.id, text), raw, warning)
    }
}
