//! Lengths that a file states of its parts. A reader takes as much memory as they say, so they are held against the file first.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

use arrow_ipc::{Message, MessageHeader, root_as_footer, root_as_message};

/// Bytes of one buffer once it is unpacked, at most.
const UNPACKED: i64 = 1 << 31;

/// What a length may begin with.
const CONTINUED: [u8; 4] = [0xff; 4];

/// Bytes at the end of a file: the length of its footer, and its mark.
const TAIL: u64 = 10;

/// Whether every part of a file, or of a stream, lies inside it.
pub(super) fn fit(file: &mut (impl Read + Seek), is_file: bool) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    file.rewind()?;
    let fits = if is_file {
        footer(file, end)
    } else {
        messages(file, end)
    };
    match fits {
        // what ends before it should is damaged, not unreadable
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        other => other,
    }
}

fn bytes(file: &mut (impl Read + Seek), many: u64) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    file.by_ref().take(many).read_to_end(&mut out)?;
    if u64::try_from(out.len()).is_ok_and(|n| n < many) {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(out)
}

fn four(file: &mut (impl Read + Seek)) -> io::Result<[u8; 4]> {
    let mut out = [0; 4];
    file.read_exact(&mut out)?;
    Ok(out)
}

/// The blocks that the footer names.
fn footer(file: &mut (impl Read + Seek), end: u64) -> io::Result<bool> {
    let Some(tail) = end.checked_sub(TAIL) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(tail))?;
    let length = u64::from(u32::from_le_bytes(four(file)?));
    let Some(start) = tail.checked_sub(length) else {
        return Ok(false);
    };
    file.seek(SeekFrom::Start(start))?;
    let footer = bytes(file, length)?;
    let Ok(footer) = root_as_footer(&footer) else {
        return Ok(false);
    };
    let blocks = footer.dictionaries().into_iter().flatten();
    for block in blocks.chain(footer.recordBatches().into_iter().flatten()) {
        let lengths = [
            block.offset(),
            i64::from(block.metaDataLength()),
            block.bodyLength(),
        ];
        let [offset, meta, body] = lengths.map(|n| u64::try_from(n).unwrap_or(u64::MAX));
        let stop = offset.checked_add(meta).and_then(|n| n.checked_add(body));
        if meta < 8 || stop.is_none_or(|stop| stop > end) {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(offset))?;
        let head = bytes(file, meta)?;
        let skip = if head.starts_with(&CONTINUED) { 8 } else { 4 };
        let Ok(message) = root_as_message(head.get(skip..).unwrap_or_default()) else {
            return Ok(false);
        };
        if !unpacked(file, &message, body)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// One message after another up to the end.
fn messages(file: &mut (impl Read + Seek), end: u64) -> io::Result<bool> {
    loop {
        let at = file.stream_position()?;
        if end.saturating_sub(at) < 4 {
            return Ok(true);
        }
        let mut length = four(file)?;
        if length == CONTINUED {
            length = four(file)?;
        }
        let Ok(length) = u64::try_from(i32::from_le_bytes(length)) else {
            return Ok(false);
        };
        if length == 0 {
            return Ok(true);
        }
        let head = bytes(file, length)?;
        let Ok(message) = root_as_message(&head) else {
            return Ok(false);
        };
        let start = file.stream_position()?;
        let body = u64::try_from(message.bodyLength()).unwrap_or(u64::MAX);
        let Some(stop) = start.checked_add(body).filter(|stop| *stop <= end) else {
            return Ok(false);
        };
        if !unpacked(file, &message, body)? {
            return Ok(false);
        }
        file.seek(SeekFrom::Start(stop))?;
    }
}

/// Whether what the buffers of a message say of their length once unpacked is sensible; the file stands at its body.
fn unpacked(file: &mut (impl Read + Seek), message: &Message<'_>, body: u64) -> io::Result<bool> {
    let batch = match message.header_type() {
        MessageHeader::DictionaryBatch => message
            .header_as_dictionary_batch()
            .and_then(|dictionary| dictionary.data()),
        MessageHeader::RecordBatch => message.header_as_record_batch(),
        _ => None,
    };
    let Some(batch) = batch.filter(|b| b.compression().is_some()) else {
        return Ok(true);
    };
    let start = file.stream_position()?;
    for buffer in batch.buffers().into_iter().flatten() {
        let ends = [buffer.offset(), buffer.length()];
        let [offset, length] = ends.map(|n| u64::try_from(n).unwrap_or(u64::MAX));
        let stop = offset.checked_add(length).filter(|stop| *stop <= body);
        let (Some(_), Some(at)) = (stop, start.checked_add(offset)) else {
            return Ok(false);
        };
        if length == 0 {
            continue;
        }
        file.seek(SeekFrom::Start(at))?;
        let mut stated = [0; 8];
        file.read_exact(&mut stated)?;
        // -1 says that the buffer is not packed
        if !(-1..=UNPACKED).contains(&i64::from_le_bytes(stated)) {
            return Ok(false);
        }
    }
    Ok(true)
}
