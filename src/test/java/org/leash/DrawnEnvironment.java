package org.leash;

import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.TimeZone;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Runs the tests of a JVM in a drawn locale and time zone, as nothing may depend on them. The seed
 * is the system property {@code tests.seed}, by default the time of the build; it is printed at the
 * beginning and with failures. JVMs that tests start have the locale of the machine.
 */
public final class DrawnEnvironment implements LauncherSessionListener {
  private static final String PROPERTY = "tests.seed";

  private static final List<String> LOCALES =
      List.of(
          "en-US",
          // Other digits.
          "ar-EG",
          "fa-IR",
          "th-TH-u-nu-thai",
          "hi-IN-u-nu-deva",
          // Other signs and separators.
          "de-CH",
          "fr-FR",
          "sv-SE",
          // Other upper and lower case.
          "tr-TR",
          "lt-LT",
          // Other calendars.
          "th-TH-u-ca-buddhist",
          "ja-JP-u-ca-japanese");

  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/St_Johns",
          "Asia/Kathmandu",
          "Pacific/Kiritimati",
          "Pacific/Pago_Pago");

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    String seed = System.getProperty(PROPERTY, Long.toString(System.nanoTime()));
    SplittableRandom random = new SplittableRandom(seed.hashCode());
    String locale = LOCALES.get(random.nextInt(LOCALES.size()));
    String zone = ZONES.get(random.nextInt(ZONES.size()));
    Locale.setDefault(Locale.forLanguageTag(locale));
    TimeZone.setDefault(TimeZone.getTimeZone(zone));
    String drawn =
        "locale %s and time zone %s; repeat with -D%s=%s".formatted(locale, zone, PROPERTY, seed);
    session
        .getLauncher()
        .registerTestExecutionListeners(
            new TestExecutionListener() {
              private boolean told;

              @Override
              public void testPlanExecutionStarted(TestPlan plan) {
                if (!told) {
                  System.out.println("tests run in " + drawn);
                  told = true;
                }
              }

              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                  System.out.println(test.getDisplayName() + " failed in " + drawn);
                }
              }
            });
  }
}
