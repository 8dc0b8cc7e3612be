package dev.remap.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes = new ClassFileImporter().importPackages("dev.remap");

  @Test
  void placeholder() {
    noClasses().should().dependOnClassesThat().resideInAnyPackage("org.nothing..").check(classes);
  }
}
