package org.leash.peers;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.leash.files.Json;
import org.leash.loss.advantage.Sequences;

/**
 * A batch, and what a trainer's own code made of it: lines of {@code losses.jsonl.gz} and {@code
 * advantages.jsonl.gz}, whose numbers come from PyTorch in double precision and its autograd. The
 * trainers are verl 1dda039b (22 August 2026), TRL f2cd577 (24 July 2026), prime-rl 559b447 (21
 * August 2026), slime 624b824, OpenRLHF 3c3be62, ROLL 8eb27cc and AReaL 4aef98d (21 May 2026); the
 * optimal token baselines, and the last fourteen losses, are those of verl b178a3c (29 January
 * 2026), and those of IW-OPD of TRL 1.13.0.
 */
public final class PeerBatch {
  /** The trainer and its options, as it spells them. */
  public final String name;

  private final Json json;

  private PeerBatch(Json json) {
    this.json = json;
    this.name = json.get("case").text();
  }

  /** Batches with losses. */
  public static List<PeerBatch> losses() {
    return read("losses.jsonl.gz");
  }

  /** Batches with the metrics of losses, of verl b178a3c and TRL 1.13.0. */
  public static List<PeerBatch> metrics() {
    return read("metrics.jsonl.gz");
  }

  static List<PeerBatch> advantages() {
    return read("advantages.jsonl.gz");
  }

  private static List<PeerBatch> read(String resource) {
    try (InputStream file = PeerBatch.class.getResourceAsStream(resource)) {
      return read(resource, file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Batches that {@code src/oracle/python/peer_batches.py} recorded. */
  static List<PeerBatch> read(Path recorded) {
    try (InputStream file = Files.newInputStream(recorded)) {
      return read(recorded.toString(), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<PeerBatch> read(String name, InputStream compressed) throws IOException {
    List<PeerBatch> batches = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(compressed), StandardCharsets.UTF_8))) {
      String line;
      while ((line = lines.readLine()) != null) {
        batches.add(new PeerBatch(Json.parse(Path.of(name), batches.size() + 1, line)));
      }
      return batches;
    }
  }

  /** How far log-ratios are from 0: mild, wild or extreme. */
  String regime() {
    return json.get("regime").text();
  }

  /** "verl" of "verl gspo". */
  String trainer() {
    return name.split(" ", -1)[0];
  }

  Sequences sequences() {
    int[] lengths = integers("lengths");
    int[] kept = integers("kept");
    boolean[] mask = new boolean[kept.length];
    for (int t = 0; t < mask.length; t++) {
      mask[t] = kept[t] != 0;
    }
    return Sequences.of(lengths, integers("groups")).masked(mask);
  }

  int maxLength() {
    return (int) json.get("max_length").integer();
  }

  /** Logits of a token. */
  public int vocab() {
    return (int) json.get("vocab").integer();
  }

  int[] integers(String field) {
    return Arrays.stream(json.get(field).numbers()).mapToInt(value -> (int) value).toArray();
  }

  /** Null if the batch has no such field. */
  public double[] numbers(String field) {
    return json.has(field) ? json.get(field).numbers() : null;
  }

  /** A matrix by rows. */
  double[][] rows(String field) {
    return json.get(field).list().stream().map(Json::numbers).toArray(double[][]::new);
  }

  /** What the trainer reports of the loss, by its names. */
  public Map<String, Double> figures() {
    Map<String, Double> figures = new TreeMap<>();
    json.get("metrics").plainObject().forEach((name, value) -> figures.put(name, (Double) value));
    return figures;
  }

  /** NaN if the trainer's loss is not finite. */
  double loss() {
    return json.has("loss") ? json.get("loss").number() : Double.NaN;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT, "%s, %s, seed %d", name, regime(), json.get("seed").integer());
  }
}
