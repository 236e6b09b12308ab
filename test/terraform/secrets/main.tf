# Parameters of every type, and secrets with and without a recovery window.
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 6"
    }
  }
}

provider "aws" {
  region = "eu-west-1"

  endpoints {
    secretsmanager = var.endpoint
    ssm            = var.endpoint
    sts            = var.endpoint
  }

  default_tags {
    tags = { stack = "secrets" }
  }
}

variable "endpoint" {
  description = "The endpoint of every service."
  type        = string
}

variable "value" {
  description = "The value of every parameter and secret."
  type        = string
  default     = "first"
}

resource "aws_ssm_parameter" "plain" {
  name        = "/terraform/plain"
  description = "A string with a pattern"
  type        = "String"
  value       = var.value

  allowed_pattern = "^[a-z]+$"
}

resource "aws_ssm_parameter" "list" {
  name  = "/terraform/list"
  type  = "StringList"
  value = "${var.value},other"
  tier  = "Advanced"
}

resource "aws_ssm_parameter" "secret" {
  name  = "/terraform/secret"
  type  = "SecureString"
  value = var.value
}

resource "aws_secretsmanager_secret" "kept" {
  name                    = "terraform/kept"
  description             = "A secret with a recovery window"
  recovery_window_in_days = 7
}

resource "aws_secretsmanager_secret_version" "kept" {
  secret_id     = aws_secretsmanager_secret.kept.id
  secret_string = jsonencode({ password = var.value })
}

resource "aws_secretsmanager_secret" "forgotten" {
  name                    = "terraform/forgotten"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "forgotten" {
  secret_id     = aws_secretsmanager_secret.forgotten.id
  secret_string = var.value
}

data "aws_ssm_parameters_by_path" "all" {
  path       = "/terraform"
  depends_on = [aws_ssm_parameter.plain, aws_ssm_parameter.list, aws_ssm_parameter.secret]
}
