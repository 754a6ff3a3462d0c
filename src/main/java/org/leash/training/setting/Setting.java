package org.leash.training.setting;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Defines a setting: a record component of type String, int, long, double, boolean, {@code
 * OptionalDouble} or {@code Optional<String>}; or, on a component that is a record itself, a group
 * of settings.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** A phrase for the help, without range and default. */
  String value();

  /**
   * The default as text. Empty optionals are {@code nan} and {@value Settings#PRESET}; a group has
   * none.
   */
  String usual() default "";

  /** The least value. */
  double min() default Double.NEGATIVE_INFINITY;

  /** A bound that values exceed. */
  double above() default Double.NEGATIVE_INFINITY;

  /** The largest value; {@link Double#MAX_VALUE} admits every finite one. */
  double max() default Double.POSITIVE_INFINITY;

  /** Whether it may differ when a run is resumed. */
  boolean free() default false;
}
