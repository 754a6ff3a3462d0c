package org.leash.benchmarks.peers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * An ONNX model, written as the protocol buffer that it is. Numbers are the field numbers of
 * onnx.proto3, which are part of its stable format:
 *
 * <pre>
 *   logprobs = LogSoftmax(logits)
 *   logprob  = GatherElements(logprobs, targets)
 *   entropy  = Neg(ReduceSum(Mul(Exp(logprobs), logprobs)))
 * </pre>
 */
final class OnnxModel {
  static final String LOGITS = "logits";
  static final String TARGETS = "targets";
  static final String LOGPROB = "logprob";
  static final String ENTROPY = "entropy";

  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17;

  private OnnxModel() {}

  static byte[] tokenStatistics() {
    Message graph =
        new Message()
            .add(1, node("LogSoftmax", "logprobs", LOGITS).add(5, integer("axis", 1)))
            .add(1, node("GatherElements", LOGPROB, "logprobs", TARGETS).add(5, integer("axis", 1)))
            .add(1, node("Exp", "probabilities", "logprobs"))
            .add(1, node("Mul", "products", "probabilities", "logprobs"))
            .add(1, node("ReduceSum", "negated", "products", "axes").add(5, integer("keepdims", 0)))
            .add(1, node("Neg", ENTROPY, "negated"))
            .add(2, "token_statistics")
            .add(5, new Message().add(1, 1).add(2, INT64).add(7, 1).add(8, "axes"))
            .add(11, value(LOGITS, FLOAT, "rows", "vocab"))
            .add(11, value(TARGETS, INT64, "rows", "one"))
            .add(12, value(LOGPROB, FLOAT, "rows", "one"))
            .add(12, value(ENTROPY, FLOAT, "rows"));
    Message opset = new Message().add(1, "").add(2, OPSET);
    return new Message().add(1, IR_VERSION).add(8, opset).add(7, graph).bytes();
  }

  private static Message node(String type, String output, String... inputs) {
    Message node = new Message();
    for (String input : inputs) {
      node.add(1, input);
    }
    return node.add(2, output).add(4, type);
  }

  /** An attribute of type INT, which is 2. */
  private static Message integer(String name, long value) {
    return new Message().add(1, name).add(3, value).add(20, 2);
  }

  private static Message value(String name, int elementType, String... dimensions) {
    Message shape = new Message();
    for (String dimension : dimensions) {
      shape.add(1, new Message().add(2, dimension));
    }
    Message tensor = new Message().add(1, elementType).add(2, shape);
    return new Message().add(1, name).add(2, new Message().add(1, tensor));
  }

  /**
   * A message of a protocol buffer: variable-length integers, and fields that begin with their
   * length.
   */
  private static final class Message {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message add(int field, long value) {
      varint(((long) field << 3) | VARINT);
      varint(value);
      return this;
    }

    Message add(int field, String text) {
      return add(field, text.getBytes(StandardCharsets.UTF_8));
    }

    Message add(int field, Message message) {
      return add(field, message.bytes());
    }

    private Message add(int field, byte[] content) {
      varint(((long) field << 3) | LENGTH_DELIMITED);
      varint(content.length);
      bytes.writeBytes(content);
      return this;
    }

    private void varint(long value) {
      long rest = value;
      while (rest > 0x7f) {
        bytes.write((int) ((rest & 0x7f) | 0x80));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }

    byte[] bytes() {
      return bytes.toByteArray();
    }
  }
}
