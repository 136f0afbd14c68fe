package org.ketloom.itests.house;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Which groups of classes may use which others.
 *
 * @param from the group of a class; none for classes that the arrows don't concern
 * @param allowed the groups that a group may use besides itself
 */
record Arrows(Function<JavaClass, Optional<String>> from, Function<String, Set<String>> allowed) {

  /** Classes use other groups only where an arrow allows it. */
  ArchCondition<JavaClass> keepTo(String table) {
    return new ArchCondition<>("use what " + table + " allows") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        Optional<String> group = from.apply(type);
        if (group.isEmpty()) {
          return;
        }
        Set<String> may = allowed.apply(group.get());
        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
          from.apply(dependency.getTargetClass().getBaseComponentType())
              .filter(to -> !to.equals(group.get()) && !may.contains(to))
              .ifPresent(
                  to ->
                      events.add(
                          SimpleConditionEvent.violated(
                              dependency,
                              group.get()
                                  + " may use "
                                  + (may.isEmpty() ? "nothing" : String.join(", ", may))
                                  + ", not "
                                  + to
                                  + ": "
                                  + dependency.getDescription())));
        }
      }
    };
  }

  /** The arrows that the code has: groups, and which others each uses. */
  Map<String, Set<String>> found(Iterable<JavaClass> classes) {
    Map<String, Set<String>> found = new TreeMap<>();
    for (JavaClass type : classes) {
      from.apply(type)
          .ifPresent(
              group -> {
                Set<String> used = found.computeIfAbsent(group, g -> new TreeSet<>());
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                  from.apply(dependency.getTargetClass().getBaseComponentType())
                      .filter(to -> !to.equals(group))
                      .ifPresent(used::add);
                }
              });
    }
    return found;
  }
}
