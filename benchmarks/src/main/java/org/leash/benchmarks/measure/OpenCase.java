package org.leash.benchmarks.measure;

import java.util.List;
import org.leash.benchmarks.csv.Key;
import org.leash.benchmarks.plan.Identity;

/** A case with its inputs in memory and its contenders ready. */
public interface OpenCase extends AutoCloseable {

  List<Contender> contenders();

  Key key(Identity identity);

  /** Name of the reference that checks compare with. */
  default String reference() {
    return "java_f64";
  }

  @Override
  void close();
}
