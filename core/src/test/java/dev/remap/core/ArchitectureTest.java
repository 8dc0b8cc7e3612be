package dev.remap.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private final JavaClasses classes = new ClassFileImporter().importPackages("dev.remap");

  @Test
  void coreKnowsNeitherSparkNorHadoopNorFaiss() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..", "org.apache.hadoop..", "dev.remap.index..", "dev.remap.jobs..")
        .check(classes);
  }
}
