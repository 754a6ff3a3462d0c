package org.leash.benchmarks.run;

import java.util.List;
import org.leash.benchmarks.csv.Key;

/** One case and those who compute it. */
interface Contest extends AutoCloseable {

  List<Contender> contenders();

  Key key(Contender.Identity identity);

  /** The reference that checks compare with. */
  String reference();

  @Override
  void close();
}
