//! The Arrow IPC stream format, written from the core's batches: a message for the schema, one for each batch, and
//! an end. The writer of arrow-ipc knows every type and form of arrays, which is twenty times as much code as its
//! messages and schemas, which are used here.

use arrow_array::{Array as _, RecordBatch};
use arrow_buffer::Buffer;
use arrow_data::ArrayData;
use arrow_ipc::convert::IpcSchemaEncoder;
use arrow_ipc::{self as format, MessageBuilder, MessageHeader, MetadataVersion, RecordBatchBuilder};
use arrow_schema::Schema;
use flatbuffers::{FlatBufferBuilder, UnionWIPOffset, WIPOffset};

/// Parts begin at multiples of this.
const ALIGNMENT: usize = 64;
const CONTINUATION: [u8; 4] = [0xff; 4];
/// A message of no length.
pub(crate) const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// The message of a schema.
pub(crate) fn schema(schema: &Schema) -> Vec<u8> {
    let mut builder = FlatBufferBuilder::new();
    let header = IpcSchemaEncoder::new().schema_to_fb_offset(&mut builder, schema);
    message(builder, MessageHeader::Schema, header.as_union_value(), 0)
}

/// The message of a batch, whose columns begin at the start of their buffers and have no dictionaries, as those of
/// the core.
pub(crate) fn batch(batch: &RecordBatch) -> Vec<u8> {
    let mut body = Body::default();
    for column in batch.columns() {
        body.add(&column.to_data());
    }
    let mut builder = FlatBufferBuilder::new();
    let nodes = builder.create_vector(&body.nodes);
    let places = builder.create_vector(&body.places);
    let mut header = RecordBatchBuilder::new(&mut builder);
    header.add_length(batch.num_rows() as i64);
    header.add_nodes(nodes);
    header.add_buffers(places);
    let header = header.finish().as_union_value();
    let mut out = message(builder, MessageHeader::RecordBatch, header, body.length);
    for buffer in &body.buffers {
        out.extend_from_slice(buffer);
        out.resize(padded(out.len()), 0);
    }
    out
}

/// What stands behind the head of a batch, and where.
#[derive(Default)]
struct Body {
    nodes: Vec<format::FieldNode>,
    places: Vec<format::Buffer>,
    buffers: Vec<Buffer>,
    length: usize,
}

impl Body {
    fn add(&mut self, array: &ArrayData) {
        self.nodes.push(format::FieldNode::new(array.len() as i64, array.null_count() as i64));
        match array.nulls() {
            Some(nulls) => self.buffer(nulls.buffer()),
            None => self.places.push(format::Buffer::new(self.length as i64, 0)),
        }
        array.buffers().iter().for_each(|buffer| self.buffer(buffer));
        array.child_data().iter().for_each(|child| self.add(child));
    }

    fn buffer(&mut self, buffer: &Buffer) {
        self.places.push(format::Buffer::new(self.length as i64, buffer.len() as i64));
        self.buffers.push(buffer.clone());
        self.length += padded(buffer.len());
    }
}

/// The head of a message, with room for its body.
fn message(
    mut builder: FlatBufferBuilder<'_>,
    kind: MessageHeader,
    header: WIPOffset<UnionWIPOffset>,
    body: usize,
) -> Vec<u8> {
    let mut message = MessageBuilder::new(&mut builder);
    message.add_version(MetadataVersion::V5);
    message.add_header_type(kind);
    message.add_header(header);
    message.add_bodyLength(body as i64);
    let message = message.finish();
    builder.finish(message, None);
    let head = builder.finished_data();
    let prefix = CONTINUATION.len() + size_of::<u32>();
    let length = padded(prefix + head.len());
    let mut out = Vec::with_capacity(length + body);
    out.extend_from_slice(&CONTINUATION);
    out.extend_from_slice(&((length - prefix) as u32).to_le_bytes());
    out.extend_from_slice(head);
    out.resize(length, 0);
    out
}

const fn padded(length: usize) -> usize {
    length.next_multiple_of(ALIGNMENT)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::sync::Arc;

    use arrow_array::types::Int64Type;
    use arrow_array::{
        ArrayRef, BooleanArray, Float64Array, Int64Array, ListArray, StringArray, TimestampMicrosecondArray,
    };
    use arrow_ipc::reader::StreamReader;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let lists = [Some(vec![Some(1), None]), None, Some(vec![])];
        let moments = TimestampMicrosecondArray::from(vec![Some(-1), None, Some(7)]).with_timezone("UTC");
        let columns: [(&str, ArrayRef); 6] = [
            ("id", Arc::new(Int64Array::from(vec![1, 2, i64::MIN]))),
            ("é", Arc::new(StringArray::from(vec![Some("Zoë"), None, Some("")]))),
            ("rate", Arc::new(Float64Array::from(vec![None, Some(0.5), Some(-0.0)]))),
            ("is_vip", Arc::new(BooleanArray::from(vec![Some(true), None, Some(false)]))),
            ("at", Arc::new(moments)),
            ("lists", Arc::new(ListArray::from_iter_primitive::<Int64Type, _, _>(lists))),
        ];
        let first =
            RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)))
                .expect("a batch");
        let empty = RecordBatch::new_empty(first.schema());
        let mut bytes = schema(&first.schema());
        for batch in [&first, &empty, &first] {
            assert_eq!(bytes.len() % ALIGNMENT, 0);
            bytes.extend(super::batch(batch));
        }
        bytes.extend(END);
        let length = bytes.len() as u64;
        let mut reader = StreamReader::try_new(Cursor::new(bytes), None).expect("a stream");
        let batches: Vec<_> = reader.by_ref().map(|batch| batch.expect("a batch")).collect();
        assert_eq!(batches, [first.clone(), empty, first]);
        assert_eq!(reader.get_ref().position(), length, "nothing is left");
    }
}
