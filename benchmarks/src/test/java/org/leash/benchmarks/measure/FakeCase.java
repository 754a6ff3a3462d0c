package org.leash.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.csv.Row;
import org.leash.benchmarks.csv.RunTable;
import org.leash.benchmarks.csv.Samples;
import org.leash.benchmarks.input.Check;
import org.leash.benchmarks.plan.Effort;
import org.leash.benchmarks.plan.Identity;
import org.leash.benchmarks.plan.Start;

/** A case with contenders that take no time, and the rows it produces. */
final class FakeCase implements OpenCase {
  static final Effort EFFORT = new Effort(1, 6, 0, 1);

  final List<Row> rows = new ArrayList<>();
  private final List<Contender> contenders = new ArrayList<>();

  /** A contender with a fixed time whose launches are right or wrong as configured. */
  static class Fake implements Contender {
    private final Identity identity;
    private final double nanos;
    int launches;
    int poisoned;
    int restored;

    Fake(String name, double nanos) {
      identity = new Identity(name, "fake", Identity.Role.CANDIDATE);
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

  FakeCase with(Contender contender) {
    contenders.add(contender);
    return this;
  }

  FakeCase play() {
    Rounds.play(this, EFFORT, Start.first(1, 1), rows::add);
    return this;
  }

  List<Row> rows(RunTable table) {
    return rows.stream().filter(row -> row.table() == table).toList();
  }

  List<Row> rows(RunTable table, String variant) {
    return rows(table).stream().filter(row -> row.get("variant").equals(variant)).toList();
  }

  @Override
  public List<Contender> contenders() {
    return contenders;
  }

  @Override
  public Key key(Identity identity) {
    return Samples.key(identity.variant(), "candidate");
  }

  @Override
  public void close() {}
}
