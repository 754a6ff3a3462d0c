package org.leash.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.leash.operation.Operation;

final class ContractTest {
  @Test
  void everyOperationIsMeasured() {
    List<Operation<?>> measured =
        Stream.of(Contract.values()).<Operation<?>>map(Contract::operation).toList();
    for (Operation<?> operation : Operation.all()) {
      assertThat(measured).as("no contract measures %s", operation).contains(operation);
    }
  }
}
