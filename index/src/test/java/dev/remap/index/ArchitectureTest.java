package dev.remap.index;

import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses CLASSES = new ClassFileImporter().importPath("target/classes");

  @Test
  void indexKnowsNeitherSparkNorHadoopNorDjlNorItsSiblings() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..",
            "org.apache.hadoop..",
            "ai.djl..",
            "dev.remap.core..",
            "dev.remap.jobs..")
        .check(CLASSES);
  }

  @Test
  void onlyJfaissDeclaresNativeMethods() {
    methods()
        .that()
        .haveModifier(NATIVE)
        .should()
        .beDeclaredInClassesThat()
        .haveFullyQualifiedName("dev.remap.index.jfaiss.Natives")
        .check(CLASSES);
  }

  @Test
  void jfaissKnowsNeitherQuantizerNorShard() {
    noClasses()
        .that()
        .resideInAPackage("dev.remap.index.jfaiss")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.remap.index.quantizer", "dev.remap.index.shard")
        .check(CLASSES);
  }
}
