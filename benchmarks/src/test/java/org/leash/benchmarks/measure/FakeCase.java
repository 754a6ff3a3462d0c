package org.leash.benchmarks.run;

import java.util.ArrayList;
import java.util.List;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.csv.Table;
import org.leash.benchmarks.input.Check;

/** A contest of contenders that need no time, and a sink that keeps what they cause. */
final class FakeContest implements Contest, Sink {
  static final Effort EFFORT = new Effort(1, 6, 0, 1);

  final List<Row> rows = new ArrayList<>();
  private final List<Contender> contenders = new ArrayList<>();

  /** A contender that takes a fixed time, and whose every launch is right or wrong as told. */
  static class Fake implements Contender {
    private final Identity identity;
    private final double nanos;
    int launches;
    int poisoned;
    int restored;

    Fake(String name, double nanos) {
      identity = new Identity(name, "fake", Role.CANDIDATE);
      this.nanos = nanos;
    }

    boolean right() {
      return true;
    }

    @Override
    public Identity identity() {
      return identity;
    }

    @Override
    public void poison() {
      poisoned++;
    }

    @Override
    public void launch() {
      launches++;
    }

    @Override
    public double time(int count) {
      launches += count;
      return nanos * count;
    }

    @Override
    public void restore() {
      restored++;
    }

    @Override
    public List<Check> check() {
      double error = right() ? 1e-7 : 1;
      return List.of(new Check("logprob", 4, error, error, 0, 1e-5, right()));
    }
  }

  FakeContest with(Contender contender) {
    contenders.add(contender);
    return this;
  }

  FakeContest play() {
    Rounds.play(this, EFFORT, Turn.first(1, 1), this);
    return this;
  }

  List<Row> rows(Table table) {
    return rows.stream().filter(row -> row.table() == table).toList();
  }

  List<Row> rows(Table table, String variant) {
    return rows(table).stream().filter(row -> row.get("variant").equals(variant)).toList();
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public Key key(Contender.Identity identity) {
    return Samples.key(identity.variant(), "candidate");
  }

  @Override
  public String reference() {
    return "java_f64";
  }

  @Override
  public void append(Row row) {
    rows.add(row);
  }

  @Override
  public void event(String kind, String subject, String detail) {
    rows.add(
        Row.of(Table.EVENTS)
            .set("ts_utc", "now")
            .set("kind", kind)
            .set("subject", subject)
            .set("detail", detail));
  }

  @Override
  public void atWork(Contender.Identity identity) {}

  @Override
  public void close() {}
}
