package org.leash.training;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a component of {@link TrainingConfig} means, for the help of the command. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {
  /** A phrase, with the range. */
  String value();

  /** Whether it may change when a run goes on. */
  boolean free() default false;
}
