package org.ketloom.api.part;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes an option: a component of a record that is configured by {@link Options}. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Option {
  /** What the option does, and its unit, in one line. */
  String value();

  /**
   * The default, as a command line gives it; of a list its items, or one empty text for none. Only
   * {@link Options#defaults} reads it: where a record's constructor without arguments gives the
   * defaults, it is left out.
   */
  String[] defaultValue() default {};

  /**
   * The numbers that the option takes, of a list each of its items, as an interval: {@code [1,64]}
   * with both ends, {@code (0,1)} without, {@code [1,)} without an upper bound. Left out, any.
   * {@link Options#with} and {@link Options#defaults} refuse others.
   */
  String range() default "";
}
