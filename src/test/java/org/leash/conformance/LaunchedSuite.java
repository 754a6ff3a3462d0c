package org.leash.conformance;

import static org.junit.platform.engine.discovery.ClassNameFilter.includeClassNamePatterns;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.leash.cli.ConformanceSuite;
import org.leash.device.DeviceId;

/** The tests of this package for {@code leash verify}. */
public final class LaunchedSuite implements ConformanceSuite {
  /** Pattern of the names of test classes; by default, all tests. */
  private static final String TESTS_PROPERTY = "leash.conformance.tests";

  /** Silenced, as it would report the missing database to every user. */
  private static final Logger JQWIK = Logger.getLogger("net.jqwik");

  @Override
  public Outcome run(DeviceId device, String variants, Shapes shapes, PrintWriter out) {
    System.setProperty(Subjects.DEVICE_PROPERTY, device.toString());
    System.setProperty(Subjects.VARIANTS_PROPERTY, variants);
    System.setProperty(Subjects.SHAPES_PROPERTY, shapes.name().toLowerCase(Locale.ROOT));
    JQWIK.setLevel(Level.WARNING);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage(getClass().getPackageName()))
            .filters(includeClassNamePatterns(System.getProperty(TESTS_PROPERTY, ".*Test")))
            // No database of failures in the user's folder.
            .configurationParameter("jqwik.database", "")
            .build();
    Witness witness = new Witness(out);
    LauncherFactory.create(
            // Without the drawn locale: this JVM is the user's.
            LauncherConfig.builder().enableLauncherSessionListenerAutoRegistration(false).build())
        .execute(request, witness);
    return new Outcome(witness.passed, witness.failed, witness.skipped);
  }

  /** Counts tests, and failed containers; prints failures immediately. */
  private static final class Witness implements TestExecutionListener {
    private final PrintWriter out;
    private TestPlan plan;
    private long passed;
    private long failed;
    private long skipped;

    Witness(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
      plan = started;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
      if (test.getType().isContainer() && depth(test) == 2) {
        out.println("… " + describe(test));
        out.flush();
      }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      skipped++;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      switch (result.getStatus()) {
        case SUCCESSFUL -> passed += test.isTest() ? 1 : 0;
        case ABORTED -> skipped++;
        case FAILED -> {
          failed++;
          out.println(
              "✗ "
                  + describe(test)
                  + ": "
                  + result.getThrowable().map(Object::toString).orElse(""));
          out.flush();
        }
      }
    }

    private int depth(TestIdentifier test) {
      return plan.getParent(test).map(parent -> 1 + depth(parent)).orElse(0);
    }

    /** The names of a test, from the class down. */
    private String describe(TestIdentifier test) {
      return plan.getParent(test)
          .filter(parent -> depth(parent) > 0)
          .map(parent -> describe(parent) + " / " + test.getDisplayName())
          .orElse(test.getDisplayName());
    }
  }
}
